/**
 * Codes of the board as words, in the reader's language: what `deliberate/web/words.py` says, with the same msgids.
 *
 * A page patched live must equal the page loaded afresh, so every function here has a twin there under the same name
 * in snake case, and a test holds them equal. Values come as the board has them (`deliberate/board.py`).
 */
import { _, ngettext } from "./i18n";
import * as L from "./labels";

/** The value of `clause/…`: the status code, then numbers, in the order of CLAUSE_FIELDS. */
export type Figures = [status: string, ...numbers: number[]];

/** The value of `decision/…`. */
export type Decision =
  | { vote: [yes: number, no: number, abstain: number]; carried: boolean }
  | { outcome: string; reservations: string[]; dissociations: string[]; [more: string]: unknown };

/** A position as `mine/…` holds it (`board._position`). */
export interface Position {
  stance: string;
  revision: number;
  made_on: number;
  freshness: string;
  finality: string;
  version: number;
  at: string;
  objection_type: string | null;
  none_would: boolean;
  pending_kind: string | null;
  expected_by: string | null;
  statement: string | null;
  scope: string | null;
  would_lift: string | null;
  lang: string | null;
  cosponsor: boolean;
}

/** The value of `mine/…`. */
export interface Mine {
  cell: string;
  own: Position | null;
  aligned: { with: string; version: number } | null;
  to_confirm: boolean;
  by_bloc: string | null;
  conflict: boolean;
  speaks: Record<string, Position>;
  confidence: Position | null;
}

/** An item of `cannot/…`. Texts are digests. */
export interface Objection {
  by: string;
  type: string | null;
  made_on: number;
  maintained: boolean;
  statement: string | null;
  would_lift: string | null;
  none_would: boolean;
  addressed: string | null;
  mandates: number;
  lang: string | null;
}

/** The value of `round`. */
export interface Round {
  number: number;
  kind: string;
  deadline: string | null;
  open: boolean;
}

/** The value of `question`. */
export interface Question {
  number: number;
  clause: string;
  revision: number;
  until: string;
  checked_in: number;
  floor: string[];
}

export type LiveKind = "live" | "polling" | "reconnecting";

/** The figures of `clause/…` (`board.CLAUSE_FIELDS`). */
export const CLAUSE_FIELDS = [
  "status", "object", "dissociate", "reservation", "accept", "support", "abstain", "pending", "stale", "none",
  "own", "aligned", "bloc", "heard", "members", "objections",
] as const;
export type Field = (typeof CLAUSE_FIELDS)[number];

/** A part of the bar: `num` members at `code`; its place as shares of the width, for SVG attributes. */
export interface Part {
  code: string;
  num: number;
  x: string;
  width: string;
}

/** Say the entry of a table; a code that this release does not know shows as it is. */
function say(table: L.Table, code: string): string {
  return _(table[code] ?? code);
}

/** Return a figure of a clause by its name in CLAUSE_FIELDS, or by the code of its part of the bar. */
export function figure(figures: Figures, name: string): number {
  const field = name === "accept_with_reservation" ? "reservation" : name;
  return Number(figures[(CLAUSE_FIELDS as readonly string[]).indexOf(field)] ?? 0);
}

/** Return what is not empty, with middle dots between. */
export function join(...parts: string[]): string {
  return parts.filter(Boolean).join(" · ");
}

// --- stances and cells ---

/** Return how a stance is told of a seat; `put` once the question is put. */
export function stanceWords(stance: string, put = false): string {
  return put && stance === "object" ? _("Objects") : say(L.SAID, stance);
}

/** Return a stance in at most two words, for lists. */
export function stanceShort(stance: string, put = false): string {
  return put && stance === "object" ? _("Objects") : say(L.SHORT, stance);
}

/** Return a cell (two letters, see `board.cell`) in words: stance, freshness, source. */
export function cellWords(cell: string, put = false): string {
  const [letter, source] = letters(cell);
  if (letter === "!") return _("Two blocs speak differently for it");
  if (letter === ".") return source === "?" ? _("Alignment to be confirmed") : _("No position recorded");
  const stance = L.LETTERS[letter.toUpperCase()] ?? letter;
  const stands = stance === "object" || stance === "dissociate";
  const fresh = !isLower(letter)
    ? ""
    : stands
      ? _("made on an earlier revision, not yet restated")
      : _("to reaffirm");
  const whose = source === "a" ? _("aligned") : source === "b" ? _("by bloc") : "";
  return join(stanceWords(stance, put), fresh, whose);
}

/** Return the sign in a cell of the matrix. */
export function cellMark(cell: string): string {
  const [letter, source] = letters(cell);
  if (letter === ".") return source === "?" ? "?" : "";
  const upper = letter.toUpperCase();
  return upper === "N" ? "–" : upper === "P" ? "…" : upper;
}

/** Return the classes of a cell: the stance's letter or X, `stale` for an earlier revision, and the source. */
export function cellClass(cell: string): string {
  const [letter, source] = letters(cell);
  const known = letter.toUpperCase() in L.LETTERS ? letter : "X";
  const whose =
    source === "a" ? " aligned" : source === "b" ? " bloc" : source === "?" ? " confirm" : letter === "!" ? " conflict" : "";
  return known.toUpperCase() + (isLower(known) ? " stale" : "") + whose;
}

function letters(cell: string): [string, string] {
  return [cell.charAt(0) || ".", cell.charAt(1) || "."];
}

function isLower(letter: string): boolean {
  return letter !== letter.toUpperCase();
}

// --- the status of a clause ---

/** Return the status sentence of A6.1. `decision` is the value of `decision/…`, where there is one. */
export function statusWords(figures: Figures, decision: Decision | null = null): string {
  const soFar = _("No objection so far");
  switch (figures[0]) {
    case "decided":
    case "recorded_vote":
      return decision ? decisionWords(decision) : _("Decided");
    case "objected":
      return ngettext("%(num)s objection", "%(num)s objections", figure(figures, "objections"));
    case "stale":
      return _("Text revised: %(num)s to reaffirm", { num: figure(figures, "stale") });
    case "awaiting":
      return _("Awaiting %(num)s", { num: figure(figures, "pending") });
    case "no_objection_dissociated":
      return join(soFar, dissociationsWords(figure(figures, "dissociate")));
    case "no_objection_reserved":
      return join(soFar, reservationsWords(figure(figures, "reservation")));
    case "all_accept":
      return _("Every member can accept");
    default:
      return join(soFar, notHeardWords(figure(figures, "members") - figure(figures, "heard")));
  }
}

/** Return so many reservations, or nothing for none. */
export function reservationsWords(num: number): string {
  return num ? ngettext("%(num)s reservation", "%(num)s reservations", num) : "";
}

/** Return so many dissociations, or nothing for none. */
export function dissociationsWords(num: number): string {
  return num ? ngettext("%(num)s dissociation", "%(num)s dissociations", num) : "";
}

/** Return how many members are not heard, or nothing for none. */
export function notHeardWords(num: number): string {
  return num ? _("%(num)s not heard", { num }) : "";
}

/** Return a recorded decision: without a vote and what stands beside it, or the votes of another body's record. */
export function decisionWords(decision: Decision): string {
  if ("vote" in decision) {
    const [yes, no, abstain] = decision.vote as [number, number, number];
    return decision.carried
      ? ngettext(
          "Adopted by a recorded vote of %(yes)s in favour to %(no)s against, with %(num)s abstention",
          "Adopted by a recorded vote of %(yes)s in favour to %(no)s against, with %(num)s abstentions",
          abstain,
          { yes, no },
        )
      : ngettext(
          "Rejected by a recorded vote of %(no)s against to %(yes)s in favour, with %(num)s abstention",
          "Rejected by a recorded vote of %(no)s against to %(yes)s in favour, with %(num)s abstentions",
          abstain,
          { yes, no },
        );
  }
  if (decision.outcome !== "adopted") return _("Not adopted");
  return join(
    _("Adopted without a vote"),
    reservationsWords(decision.reservations.length),
    dissociationsWords(decision.dissociations.length),
  );
}

/** Return the parts of the bar; together they fill it when there are members. */
export function bar(figures: Figures): Part[] {
  const members = figure(figures, "members");
  let [left, right, before] = [0, 0, 0];
  return L.BAR.map((code) => {
    const num = figure(figures, code);
    before += num;
    [left, right] = [right, members ? Math.floor((before * 1000) / members) : 0];
    return { code, num, x: share(left), width: share(right - left) };
  });
}

function share(permille: number): string {
  return `${Math.floor(permille / 10)}.${permille % 10}%`;
}

/** Return how many members spoke, of how many. */
export function heardWords(figures: Figures): string {
  const [heard, members] = [figure(figures, "heard"), figure(figures, "members")];
  return _("%(heard)s of %(members)s members heard", { heard, members });
}

/** Return whose acts the counted positions are; the three are never added up. */
export function sourcesWords(figures: Figures): string {
  return _("Own %(own)s · aligned %(aligned)s · by bloc %(bloc)s", {
    own: figure(figures, "own"),
    aligned: figure(figures, "aligned"),
    bloc: figure(figures, "bloc"),
  });
}

// --- positions ---

/** Return the name of a revision. */
export function revisionWords(number: number): string {
  return _("Rev.%(number)s", { number });
}

/** Return in a few words what a seat holds on a clause (`mine/…`), or what it has to do. */
export function mineWords(mine: Mine | null, put = false): string {
  if (!mine) return _("No position yet");
  const [letter, source] = letters(mine.cell);
  if (letter === "!") return _("Two blocs differ");
  if (letter === ".") return source === "?" ? _("To confirm") : _("No position yet");
  const stance = L.LETTERS[letter.toUpperCase()] ?? letter;
  if (isLower(letter) && stance !== "object" && stance !== "dissociate") return _("To reaffirm");
  return stanceShort(stance, put);
}

/** Return what a seat should know of its own position: its revision, whether it counts, how binding it is. */
export function mineSentence(mine: Mine | null): string {
  const own = mine?.own;
  if (!own) return "";
  const shown = { made_on: own.made_on, revision: own.revision };
  switch (own.freshness) {
    case "stale":
      return _("Made on Rev.%(made_on)s. It is not counted until you reaffirm it.", shown);
    case "maintained":
      return _("Made on Rev.%(made_on)s, not yet restated. It stands until you withdraw it.", shown);
    case "carried":
      return _("Made on Rev.%(made_on)s, carried over to Rev.%(revision)s.", shown);
    case "reaffirmed":
      return _("Made on Rev.%(made_on)s, reaffirmed for Rev.%(revision)s.", shown);
    default:
      return join(revisionWords(own.revision), finalityWords(own.finality));
  }
}

/** Return that an objection or dissociation was made on an earlier revision, and stands. */
export function madeOnWords(revision: number): string {
  return _("made on Rev.%(revision)s, not yet restated", { revision });
}

/** Return what goes with an objection (an item of `cannot/…`): its type, its revision, what is not stated. */
export function objectionWords(objection: Objection): string {
  return join(
    objection.type ? objectionTypeWords(objection.type) : "",
    objection.maintained ? madeOnWords(objection.made_on) : "",
    objection.statement ? "" : _("reason not stated"),
    objection.none_would ? _("no change would remove it") : "",
    objection.addressed ? _("addressed by the chair") : "",
  );
}

/** Return who objects for a bloc, with the number of its mandates. */
export function onBehalfWords(speaker: string, bloc: string, num: number): string {
  return ngettext(
    "%(speaker)s on behalf of %(bloc)s (%(num)s mandate)",
    "%(speaker)s on behalf of %(bloc)s (%(num)s mandates)",
    num,
    { speaker, bloc },
  );
}

/** Return the type of an objection. */
export function objectionTypeWords(code: string): string {
  return say(L.OBJECTION_TYPES, code);
}

/** Return how binding a position is. */
export function finalityWords(code: string): string {
  return say(L.FINALITIES, code);
}

/** Return what stands where words were redacted. */
export function redactedWords(): string {
  return _("These words were redacted.");
}

// --- time, rounds and the question ---

/** Return a moment (UTC, as the log has it) to the minute. */
export function momentWords(at: string): string {
  return _("%(day)s %(month)s %(time)s UTC", { day: Number(at.slice(8, 10)), month: month(at), time: at.slice(11, 16) });
}

/** Return the time of a moment to the second: windows may be a minute long. */
export function timeWords(at: string): string {
  return _("%(time)s UTC", { time: at.slice(11, 19) });
}

function month(at: string): string {
  const name = L.MONTHS[Number(at.slice(5, 7)) - 1];
  return name === undefined ? "" : _(name);
}

/** Return the kind of a round. */
export function roundKindWords(code: string): string {
  return say(L.ROUND_KINDS, code);
}

/** Return the round as its pill says it. */
export function roundWords(current: Round | null): string {
  if (!current) return _("No round yet");
  const state = !current.open
    ? _("closed")
    : current.deadline
      ? _("until %(moment)s", { moment: momentWords(current.deadline) })
      : "";
  return join(_("Round %(number)s", { number: current.number }), roundKindWords(current.kind), state);
}

/** Return that the question is put: on which revision, until when one may object, who is there. */
export function questionWords(question: Question): string {
  return join(
    _("The question is put on Rev.%(revision)s", { revision: question.revision }),
    _("objections until %(time)s", { time: timeWords(question.until) }),
    ngettext("%(num)s member checked in", "%(num)s members checked in", question.checked_in),
  );
}

/** Return the connection's pill. `kind` is page (as loaded), live, polling or reconnecting. */
export function liveWords(kind: LiveKind | "page", version: number | null = null, behind: number | null = null): string {
  const line = { page: "", live: _("live"), polling: _("live, by a slower line"), reconnecting: _("reconnecting …") }[kind];
  const shown = version !== null ? _("version %(version)s", { version }) : "";
  const late = behind ? ngettext("%(num)s version behind", "%(num)s versions behind", behind) : "";
  return join(line, shown, late);
}

/** Return a receipt, its digest shortened. */
export function receiptWords(version: number, digest: string): string {
  return _("%(digest)s at version %(version)s", { digest: `${digest.slice(0, 4)}…${digest.slice(-2)}`, version });
}
