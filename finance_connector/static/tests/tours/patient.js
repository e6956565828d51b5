/** Steps that wait as long as a busy machine needs; without it each one is given ten seconds. */
export function patient(steps) {
    return steps.map((step) => ({ timeout: 60000, ...step }));
}
