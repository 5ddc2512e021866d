// The constants that Python defines before the kit.
/** The text of kit.css. */
declare const KIT_CSS: string;
/** An entry of a state.json; see lib/explorables/state.py. */
type StateEntry =
  | { kind: "word"; start: string; pattern: string }
  | { kind: "number"; start: number; low: number; high: number }
  | { kind: "numbers"; start: number[]; least: number; most: number; low: number; high: number }
  | { kind: "flag"; start: boolean };
/** The content of the explorable's state.json. */
declare const KIT_STATE: Record<string, StateEntry>;
/** The content of the explorable's data.json, if it has one; the explorable casts it. */
declare const KIT_DATA: unknown;
