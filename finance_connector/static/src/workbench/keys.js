/** Single keys for a screen: they act unless somebody is typing, or means the browser. */
import { useExternalListener } from "@odoo/owl";

const TYPING = ["INPUT", "TEXTAREA", "SELECT"];

/** `getKeys` returns key -> function at the moment of the press. */
export function useKeys(getKeys) {
    useExternalListener(window, "keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        if (TYPING.includes(event.target.tagName) || event.target.isContentEditable) {
            if (event.key === "Escape") {
                event.target.blur();
            }
            return;
        }
        const act = getKeys()[event.key];
        if (act) {
            event.preventDefault();
            act();
        }
    });
}
