/** Codes of the closed lists and what they are called: the same msgids as in `deliberate/web/labels.py`. */
import { N_ } from "./i18n";

export type Table = Readonly<Record<string, string>>;

export const SAID: Table = {
  support: N_("Support"),
  accept: N_("Can accept"),
  accept_with_reservation: N_("Can accept, with reservation"),
  dissociate: N_("Dissociates"),
  object: N_("Cannot accept as drafted"),
  abstain: N_("Takes no position"),
  pending: N_("Awaiting instructions"),
};
export const SHORT: Table = {
  ...SAID,
  accept_with_reservation: N_("With reservation"),
  object: N_("Cannot accept"),
  abstain: N_("No position taken"),
  pending: N_("Awaiting"),
};
export const LETTERS: Table = {
  S: "support",
  A: "accept",
  R: "accept_with_reservation",
  D: "dissociate",
  O: "object",
  N: "abstain",
  P: "pending",
};
export const BAR = [...Object.keys(SAID), "stale", "none"];
export const ROUND_KINDS: Table = {
  consultation: N_("consultation"),
  negotiation: N_("negotiation"),
  adoption: N_("adoption"),
};
export const FINALITIES: Table = {
  indicative: N_("indicative"),
  ad_referendum: N_("ad referendum"),
  confirmed: N_("confirmed"),
};
export const OBJECTION_TYPES: Table = { ge: N_("general"), te: N_("technical"), ed: N_("editorial") };
export const MONTHS = [
  N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
  N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
];
