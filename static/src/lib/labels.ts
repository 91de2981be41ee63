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
export const BUTTONS: Table = { ...SAID, dissociate: N_("Dissociate"), abstain: N_("Take no position") };
export const SHORT: Table = {
  ...SAID,
  accept_with_reservation: N_("With reservation"),
  object: N_("Cannot accept"),
  abstain: N_("No position taken"),
  pending: N_("Awaiting"),
};
export const PARTS: Table = {
  ...SHORT,
  object: SAID["object"]!,
  abstain: SAID["abstain"]!,
  stale: N_("To reaffirm"),
  none: N_("No position recorded"),
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
export const BAR = [
  "support", "accept", "accept_with_reservation", "dissociate", "object", "abstain", "pending", "stale", "none",
];
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
export const PENDING_KINDS: Table = {
  general: N_("general scrutiny"),
  parliamentary: N_("parliamentary scrutiny"),
  linguistic: N_("linguistic scrutiny"),
  substantive: N_("scrutiny of substance"),
};
export const KINDS: Table = {
  government: N_("Government"),
  international_organisation: N_("International organisation"),
  company: N_("Company"),
  research_institute: N_("Research institute"),
  civil_organisation: N_("Civil organisation"),
  individual: N_("Individual"),
};
export const MONTHS = [
  N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
  N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
];
