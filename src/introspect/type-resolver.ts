/** Follows domains, arrays and composites down to what they are made of, and keeps what was met. */
import type { TypeRow, TypeUse } from "./rows";
import type {
  CatalogComposite,
  CatalogEnum,
  CatalogField,
  CatalogType,
  QualifiedName,
} from "./structure";

/** What a domain adds to the columns of its type. */
export interface DomainFacts {
  readonly required: boolean;
  readonly default: string | null;
}

export class TypeResolver {
  readonly #rows: ReadonlyMap<string, TypeRow>;
  readonly #enums = new Map<string, CatalogEnum>();
  readonly #composites = new Map<string, CatalogComposite>();
  /** Composite fields by oid, to order composites by what they are made of. */
  readonly #parts = new Map<string, readonly string[]>();

  constructor(rows: readonly TypeRow[]) {
    this.#rows = new Map(rows.map((row) => [row.oid, row]));
  }

  resolve(use: TypeUse): CatalogType {
    if (!use.array) return this.#scalar(use);
    return {
      type: "ARRAY",
      name: "array",
      element: this.#scalar(use),
      dimensions: Math.max(1, use.dimensions),
    };
  }

  /** NOT NULL of any domain on the way counts, and the outermost DEFAULT. */
  domainFacts(use: TypeUse): DomainFacts {
    const row = this.#rows.get(use.oid);
    if (use.array || row?.kind !== "d" || row.base === null)
      return { required: false, default: null };
    const inner = this.domainFacts(row.base);
    return { required: row.required || inner.required, default: row.default ?? inner.default };
  }

  /** Makes an enum or composite part of the result although no column uses it. */
  need(row: TypeRow): void {
    if (row.kind === "e") this.#needEnum(row);
    if (row.kind === "c") this.#needComposite(row);
  }

  enums(): readonly CatalogEnum[] {
    return [...this.#enums.values()];
  }

  /** Sorted by `inOrder`, but each after those its fields are made of. */
  composites(
    inOrder: (items: readonly CatalogComposite[]) => CatalogComposite[],
  ): CatalogComposite[] {
    const oids = new Map([...this.#composites].map(([oid, composite]) => [composite, oid]));
    const done = new Set<CatalogComposite>();
    const visit = (composite: CatalogComposite | undefined) => {
      if (!composite || done.has(composite)) return;
      for (const part of this.#parts.get(oids.get(composite) ?? "") ?? [])
        visit(this.#composites.get(part));
      done.add(composite);
    };
    for (const composite of inOrder([...this.#composites.values()])) visit(composite);
    return [...done];
  }

  #scalar(use: TypeUse): CatalogType {
    const row = this.#rows.get(use.oid);
    const own: QualifiedName = { schema: use.schema, name: use.name };
    if (row?.kind === "d" && row.base) return { ...this.resolve(row.base), pgType: own };
    const isBuiltIn = use.schema === "pg_catalog";
    const base: CatalogType = {
      type: isBuiltIn ? use.printed : "USER-DEFINED",
      name: use.name,
      ...(isBuiltIn ? {} : { pgType: own }),
    };
    if (row?.kind === "e") return { ...base, enum: this.#needEnum(row) };
    if (row?.kind === "c") return { ...base, composite: this.#needComposite(row) };
    return base;
  }

  #needEnum(row: TypeRow): QualifiedName {
    const name = { schema: row.schema, name: row.name };
    this.#enums.set(row.oid, {
      ...name,
      labels: row.labels ?? [],
      ...(row.comment === null ? {} : { comment: row.comment }),
    });
    return name;
  }

  #needComposite(row: TypeRow): QualifiedName {
    const name = { schema: row.schema, name: row.name };
    if (this.#composites.has(row.oid)) return name;
    const fields = (row.fields ?? []).map(
      (field): CatalogField => ({
        name: field.name,
        type: this.resolve(field.type),
        ...(field.comment === null ? {} : { comment: field.comment }),
      }),
    );
    this.#composites.set(row.oid, {
      ...name,
      fields,
      ...(row.comment === null ? {} : { comment: row.comment }),
    });
    this.#parts.set(
      row.oid,
      (row.fields ?? []).flatMap((field) => this.#compositesIn(field.type)),
    );
    return name;
  }

  #compositesIn(use: TypeUse): readonly string[] {
    const base = this.#rows.get(use.oid)?.base;
    return base ? this.#compositesIn(base) : [use.oid];
  }
}
