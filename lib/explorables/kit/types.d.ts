// What Python puts before the kit.
/** The text of kit.css. */
declare const KIT_CSS: string;
/** The content of the explorable's own data.json, where it has one; its file casts it. */
declare const KIT_DATA: unknown;
