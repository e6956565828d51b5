"""The order in which evidence is settled, and what that makes of each line. The strongest comes first; what it settles leaves
the field, what is ambiguous at it is withheld from weaker evidence (INV-8)."""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import NamedTuple

from . import close, differences, groups
from .pool import Pool
from .records import AMBIGUOUS, CANDIDATE_KINDS, DIVISIBLE, MATCHED, PROPOSED, UNMATCHED, LineMatch


class _Step(NamedTuple):
    """One kind of evidence: its ``code``, its ``score``, how its `Options` are found, what it is in words, and of which kinds
    of candidates it can be."""

    code: str
    score: int
    options: Callable
    text: str
    kinds: frozenset = frozenset(CANDIDATE_KINDS)


_PAYOUTS, _TRANSFERS = frozenset(("settlement",)), frozenset(("transfer",))
_BY_REFERENCE = (
    _Step("reference", 100, Pool.by_own_reference, "The text names {names}, which no other open item has."),
    _Step(
        "shared_reference",
        95,
        Pool.by_shared_reference,
        "The text names {names}; other open items have it too, at other amounts or with another bank line.",
    ),
)
_BY_AMOUNT = (
    _Step("transfer", 92, Pool.by_transfer, "A line of another own account shows the same transfer.", _TRANSFERS),
    _Step(
        "descriptor",
        90,
        Pool.by_descriptor,
        "The text shows {descriptors}, the descriptor of a payout expected about this date.",
        _PAYOUTS,
    ),
    _Step(
        "payout_lag",
        90,
        Pool.by_lag,
        "A payout of this amount should come on this day, going by how long others took.",
        _PAYOUTS,
    ),
    _Step("partner_amount", 80, Pool.by_partner, "The partner has an open item of this amount.", DIVISIBLE),
    _Step("payout_window", 75, Pool.by_window, "A payout of this amount is expected about this date.", _PAYOUTS),
)
_EQUAL_AMOUNT = {"code": "amount", "text": "The amount is equal."}
_NO_CANDIDATE = {"code": "no_candidate", "text": "No open item fits by reference, partner or expected date."}


class Run:
    """The progress of one matching: what is decided, and what is withheld because it is contended for."""

    def __init__(self, pool):
        self.pool, self.decided = pool, {}
        # The lines that are not matched yet, and maybe some that are.
        self._open = pool.lines
        self._withheld, self._withheld_buckets = set(), set()
        kinds = {candidate.kind for candidate in pool.candidates}
        self._by_amount = [step for step in _BY_AMOUNT if not step.kinds.isdisjoint(kinds)]
        self._rivals = (_BY_REFERENCE[1], *self._by_amount)

    def results(self):
        """Line id -> `LineMatch`, every line included."""
        for step in _BY_REFERENCE:
            self._settle(step)
        self._answer(groups.named)
        self._share()
        self._answer(groups.of_batch)
        # A number that is not quite right says more than that the partner has an invoice of the amount.
        self._settle_close(lambda found: found[0].tells_number)
        for step in self._by_amount:
            self._settle(step)
        for line, found in self._settle_close(bool):
            self._doubt_close(line, found)
        self._answer(groups.of_partner)
        return {line.id: self._limited(line, self.decided.get(line.id) or self._left_over(line)) for line in self.pool.lines}

    def _settle(self, step):
        """Decide all lines for which the evidence of ``step`` speaks.

        Lines that are ambiguous already contend too, for one of their candidates may be theirs.
        """
        claims, waiting = defaultdict(int), []
        self._open = [line for line in self._open if not self._is_matched(line)]
        for line in self._open:
            options = step.options(self.pool, line)
            if not options.candidates:
                continue
            if options.wide:
                self._withheld_buckets.add(options.bucket)
            else:
                for candidate in options.candidates:
                    claims[candidate.id] += 1
            if line.id not in self.decided:
                waiting.append((line, options))
        doubts = [self._doubt(step, options, claims) for _line, options in waiting]
        for (line, options), doubt in zip(waiting, doubts, strict=True):
            self.decided[line.id] = self._ambiguous(step, line, options, doubt) if doubt else self._matched(step, line, options)
        for (line, options), doubt in zip(waiting, doubts, strict=True):
            if not doubt:
                self.pool.taken[options.candidates[0].id] = line.id
            elif not options.wide:
                self._withheld.update(candidate.id for candidate in options.candidates)

    def _is_matched(self, line):
        decided = self.decided.get(line.id)
        return decided is not None and decided.state == MATCHED

    def _doubt(self, step, options, claims):
        """Why these options cannot be applied, as (code, text); None if they can."""
        if options.conflict and step.options is Pool.by_shared_reference:
            return "names_several", "The text names several open items, and none of them alone fits."
        if options.conflict:
            return "names_other", "The text names an open item, but the amount is that of another one."
        if options.total > 1:
            return "several_candidates", f"{options.total} open items are equally good."
        candidate = options.candidates[0]
        if claims[candidate.id] > 1:
            return "several_lines", f"{claims[candidate.id]} bank lines are equally good for this item."
        withheld = self._withheld_buckets and not self._withheld_buckets.isdisjoint(self.pool.buckets_of(candidate))
        if withheld or candidate.id in self._withheld:
            return "withheld", "Another bank line that is ambiguous may pay this item."
        return None

    def _matched(self, step, line, options):
        chosen = options.candidates[0]
        evidence = self._evidence(step, line)
        reasons = evidence, *self._payer(line, evidence), _EQUAL_AMOUNT
        return LineMatch(line.id, MATCHED, (chosen.id,), step.score, self._runner_up(line, chosen), reasons)

    @staticmethod
    def _payer(line, evidence):
        """How the partner was found, if the evidence is about him."""
        about_him = evidence["code"].startswith("partner") and line.payer
        return ({"code": "payer", "text": line.payer},) if about_him else ()

    def _evidence(self, step, line):
        text = step.text
        if "{" in text:
            text = text.format(names=self.pool.quoted(line), descriptors=self.pool.shown(line))
        return {"code": step.code, "text": text}

    def _runner_up(self, line, chosen):
        """The score of the best other open item for ``line``."""
        for step in self._rivals:
            if any(candidate is not chosen for candidate in step.options(self.pool, line).candidates):
                return step.score
        return 0

    def _ambiguous(self, step, line, options, doubt):
        code, text = doubt
        limit, total = self.pool.policy.max_alternatives, options.total
        listed = sorted(candidate.id for candidate in options.candidates)[:limit]
        if total > limit:
            text += f" The first {limit} of {total} are listed."
        reasons = {"code": code, "text": text}, self._evidence(step, line)
        return LineMatch(line.id, AMBIGUOUS, tuple(listed), step.score, step.score if total > 1 else 0, reasons)

    # --- weaker signs, taken together ---------------------------------------------------------------------------------

    def _settle_close(self, worth):
        """Settle what weaker signs say of the lines whose pairs are ``worth`` it, round by round: the best of a line and of an
        item, if both by the margin. Returns the (line, pairs) that are left."""
        open_pairs = {}
        for line in self._undecided():
            if not self.pool.names[line.id]:
                found = close.pairs(self.pool, line)
                if found and worth(found):
                    open_pairs[line.id] = line, found
        while open_pairs:
            claims = defaultdict(list)
            for _line, found in open_pairs.values():
                for pair in found:
                    claims[pair.candidate.id].append(pair.weight)
            won = [(line, found) for line, found in open_pairs.values() if self._is_clear(found, claims)]
            if not won:
                break
            for line, found in won:
                self._take_close(line, found)
                del open_pairs[line.id]
            open_pairs = {
                key: (line, left)
                for key, (line, found) in open_pairs.items()
                if (left := [pair for pair in found if pair.candidate.id not in self.pool.taken])
            }
        return list(open_pairs.values())

    def _is_clear(self, found, claims):
        """Whether the best pair of a line is good enough, and so much better than any other of the line and of the item."""
        best, margin = found[0], self.pool.policy.margin
        if best.score < self.pool.policy.min_score or best.candidate.id in self._withheld:
            return False
        claimed = sorted(claims[best.candidate.id])
        others = [pair.weight for pair in found[1:2]] + claimed[-2:-1]
        return best.weight == claimed[-1] and all(best.weight - weight >= margin for weight in others)

    def _take_close(self, line, found):
        best = found[0]
        # Both may weigh more than the highest score: what stays told is how far they are apart.
        runner_up = max(0, best.score - best.weight + found[1].weight) if len(found) > 1 else 0
        self.decided[line.id] = LineMatch(
            line.id, MATCHED, (best.candidate.id,), best.score, runner_up, (*best.factors, _EQUAL_AMOUNT)
        )
        self.pool.taken[best.candidate.id] = line.id

    def _doubt_close(self, line, found):
        policy, best = self.pool.policy, found[0]
        rivals = [pair for pair in found if best.weight - pair.weight < policy.margin]
        runner_up = found[1].score if len(found) > 1 else 0
        listed = tuple(sorted(pair.candidate.id for pair in rivals))[: policy.max_alternatives]
        if best.score < policy.min_score and len(rivals) == 1:
            reason = {"code": "weak", "text": "Not enough speaks for it to be applied by itself."}
            self.decided[line.id] = LineMatch(
                line.id, PROPOSED, listed, best.score, runner_up, (*best.factors, _EQUAL_AMOUNT, reason)
            )
            return
        text = f"{len(rivals)} open items are about equally good." if len(rivals) > 1 else "Another bank line may pay this item."
        reasons = {"code": "several_candidates" if len(rivals) > 1 else "several_lines", "text": text}, *best.factors
        self.decided[line.id] = LineMatch(line.id, AMBIGUOUS, listed, best.score, runner_up, reasons)
        self._withheld.update(pair.candidate.id for pair in rivals)

    # --- several items, several lines ---------------------------------------------------------------------------------

    def _answer(self, find):
        """Settle what ``find`` (a function of `groups`) answers to every undecided line."""
        self._conclude([answer for line in self._undecided() if (answer := find(self.pool, line))])

    def _share(self):
        self._conclude(list(groups.together(self.pool, self._undecided())))

    def _undecided(self):
        return [line for line in self._open if line.id not in self.decided]

    def _conclude(self, answers):
        """Decide all ``answers`` at once: what two of them claim, or weaker evidence may not have, makes them ambiguous."""
        claims = Counter(candidate.id for answer in answers for candidate in answer.candidates)
        for answer in answers:
            ids = tuple(sorted(candidate.id for candidate in answer.candidates))
            doubt = answer.doubt
            if not doubt and any(claims[key] > 1 for key in ids):
                doubt = "several_lines", "Other bank lines claim some of these items too."
            elif not doubt and not self._withheld.isdisjoint(ids):
                doubt = "withheld", "Another bank line that is ambiguous may pay some of these items."
            state = AMBIGUOUS if doubt else MATCHED
            payer = self._payer(answer.lines[0], answer.reason)
            against = ({"code": doubt[0], "text": doubt[1]},) if doubt else ()
            reasons = (*against, answer.reason, *payer, *(() if doubt else (_EQUAL_AMOUNT,)))
            for line in answer.lines:
                others = tuple(other.id for other in answer.lines if other is not line)
                self.decided[line.id] = LineMatch(
                    line.id, state, ids[: self.pool.policy.max_alternatives] if doubt else ids, answer.score,
                    answer.score if doubt else 0, reasons, with_lines=others,
                )  # fmt: skip
            if doubt:
                self._withheld.update(ids)
            else:
                self.pool.taken.update(dict.fromkeys(ids, answer.lines[0].id))

    # --- the rest -----------------------------------------------------------------------------------------------------

    def _limited(self, line, result):
        """A match above the amount that a machine may apply is only proposed."""
        most = self.pool.policy.max_amount.get(line.amount.currency)
        if result.state != MATCHED or most is None or abs(line.amount.minor) <= most:
            return result
        reason = {"code": "above_limit", "text": "The amount is above what may be applied without a person."}
        return result._replace(state=PROPOSED, reasons=(*result.reasons, reason))

    def _left_over(self, line):
        """The result of a line that nothing speaks for at its amount."""
        explained = differences.explain(self.pool, line, self._withheld)
        if explained:
            return explained
        named = self.pool.named(line)
        if not named:
            return LineMatch(line.id, UNMATCHED, reasons=(_NO_CANDIDATE,))
        names = self.pool.quoted(line)
        if all(candidate.id in self.pool.taken for candidate in named):
            reason = {"code": "already_matched", "text": f"The text names {names}, which another line pays."}
        else:
            told = ", ".join(sorted({str(candidate.residual) for candidate in named}))
            reason = {
                "code": "amount_differs",
                "text": f"The text names {names}, but open is {told}, not {line.amount}.",
            }
        limit = self.pool.policy.max_alternatives
        return LineMatch(line.id, UNMATCHED, tuple(candidate.id for candidate in named)[:limit], reasons=(reason,))
