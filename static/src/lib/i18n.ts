/**
 * Strings for people in the reader's language. Keys are msgids, as in the .po files of the server; a string that is
 * not translated shows its msgid. The file of strings is what `hatch_build.py` makes of the catalogue (its docstring
 * has the format). Messages take `%(name)s` like Babel's.
 *
 * A msgid that stands in a table is marked with `N_("…")` and said with `_(TABLE[code])`.
 */

export type Variables = Record<string, string | number>;

let messages: Record<string, string | Record<string, string>> = {};
let rules: Intl.PluralRules | null = null;

/** Fetch the strings of a language; no address, or one that cannot be reached, leaves the msgids (English). */
export async function loadStrings(url: string | null | undefined): Promise<void> {
  if (!url) return;
  try {
    const answer = await fetch(url, { credentials: "same-origin" });
    if (answer.ok) useStrings(await answer.json());
  } catch {
    return; // the page goes on in English rather than not at all
  }
}

/** Take strings that are already here, in the format of `hatch_build.py`. */
export function useStrings(strings: { language: string; messages: typeof messages }): void {
  messages = strings.messages;
  rules = new Intl.PluralRules(strings.language);
}

/** Say a message. */
export function _(msgid: string, variables?: Variables): string {
  const found = messages[msgid];
  const text = typeof found === "string" ? found : msgid;
  return variables ? fill(text, variables) : text;
}

/** Say a message in the plural form of `num`, which is also the variable `num`. */
export function ngettext(singular: string, plural: string, num: number, variables: Variables = {}): string {
  const forms = messages[singular];
  const text =
    forms && typeof forms === "object" && rules
      ? (forms[rules.select(num)] ?? forms["other"] ?? plural)
      : num === 1
        ? singular
        : plural;
  return fill(text, { num, ...variables });
}

/** Mark a msgid for the catalogue without saying it. */
export function N_(msgid: string): string {
  return msgid;
}

function fill(text: string, variables: Variables): string {
  return text.replace(/%(?:%|\((\w+)\)[sd])/g, (all, name: string | undefined) =>
    name === undefined ? "%" : name in variables ? String(variables[name]) : all,
  );
}
