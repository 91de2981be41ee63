/** What a node says of itself. */
import { _, ngettext } from "../lib/i18n";
import { join } from "../lib/words";
import { partner, type Graph, type Tie } from "./model";

/** "Kestrelia · Inner Sea · 9 ties of congruence, strongest with Meridia +0.92 · 3 of conflict, strongest with Norhaven −0.41". */
export function nodeWords(graph: Graph, at: number): string {
  const node = graph.nodes[at];
  if (!node) return "";
  const congruent = node.ties.filter((tie) => tie.weight > 0).sort((a, b) => b.weight - a.weight);
  const conflicting = node.ties.filter((tie) => tie.weight < 0).sort((a, b) => a.weight - b.weight);
  return join(
    node.name,
    node.groupName,
    congruent.length
      ? withStrongest(graph, at, congruent[0], ngettext("%(num)s tie of congruence", "%(num)s ties of congruence", congruent.length))
      : _("no tie of congruence"),
    conflicting.length
      ? withStrongest(graph, at, conflicting[0], ngettext("%(num)s of conflict", "%(num)s of conflict", conflicting.length))
      : _("none of conflict"),
  );
}

function withStrongest(graph: Graph, at: number, tie: Tie | undefined, said: string): string {
  const other = tie && graph.nodes[partner(tie, at)];
  return other ? _("%(ties)s, strongest with %(name)s %(weight)s", { ties: said, name: other.name, weight: weightWords(tie.weight) }) : said;
}

/** The weight of a tie, with its sign. */
export function weightWords(weight: number): string {
  return (weight < 0 ? "−" : "+") + Math.abs(weight).toFixed(2);
}
