/**
 * What the chair's matrix shows: cells of two letters (see `cell` in `deliberate/board.py`), a row a seat, and the
 * paragraph that is open beside it. A row is one string and one signal, so that a changed cell redraws its row and
 * nothing else.
 */
import { signal, type Signal } from "@preact/signals";

export interface Seat {
  id: string;
  name: string;
  member: boolean;
}

/** Seats that stand together, by their place in `seats`; the label is the server's, in the reader's language. */
export interface Group {
  label: string;
  member: boolean;
  seats: number[];
}

export interface Paragraph {
  id: string;
  number: string;
  title: string;
  status: string;
  statusWords: string;
  /** Two letters a seat, in the order of seating. */
  cells: string;
}

export interface Data {
  seats: Seat[];
  groups: Group[];
  clauses: Paragraph[];
  open: string;
}

export interface At {
  seat: number;
  clause: number;
}

export class Model {
  readonly rows: Signal<string>[];
  readonly open: Signal<number>;
  private readonly seatAt: Map<string, number>;
  private readonly clauseAt: Map<string, number>;

  constructor(readonly data: Data) {
    this.seatAt = new Map(data.seats.map((seat, n) => [seat.id, n]));
    this.clauseAt = new Map(data.clauses.map((clause, n) => [clause.id, n]));
    this.open = signal(Math.max(0, this.clauseAt.get(data.open) ?? 0));
    this.rows = data.seats.map((_seat, n) =>
      signal(data.clauses.map((clause) => clause.cells.slice(2 * n, 2 * n + 2)).join("")),
    );
  }

  /** The two letters of a cell. */
  cell({ seat, clause }: At): string {
    return this.rows[seat]?.peek().slice(2 * clause, 2 * clause + 2) ?? "..";
  }

  /**
   * Take changed cells: `value` gives the board's value of a key. Returns the cells that are different now, or null
   * when a seat or paragraph is not known here, so that the page must be drawn anew.
   */
  take(keys: string[], value: (key: string) => unknown): At[] | null {
    const changed: At[] = [];
    const rows = new Map<number, string[]>();
    for (const key of keys) {
      const [, clauseId = "", seatId = ""] = key.split("/");
      const clause = this.clauseAt.get(clauseId);
      const seat = this.seatAt.get(seatId);
      if (clause === undefined || seat === undefined) return null;
      const code = String(value(key) ?? "..");
      if (code === this.cell({ seat, clause })) continue;
      const row = rows.get(seat) ?? this.rows[seat]?.peek().match(/../g) ?? [];
      row[clause] = code;
      rows.set(seat, row);
      changed.push({ seat, clause });
    }
    for (const [seat, row] of rows) {
      const shown = this.rows[seat];
      if (shown) shown.value = row.join("");
    }
    return changed;
  }

  /** How many of a group spoke on a paragraph themselves or by alignment, on any revision. */
  heard(group: Group, clause: number): number {
    return group.seats.filter((seat) => "oa".includes(this.rows[seat]?.value[2 * clause + 1] ?? ".")).length;
  }
}
