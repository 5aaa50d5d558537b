/** The hooks in a real React, on a DOM that a test can click on. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { act, type ReactNode } from "react";
import type { createRoot, Root } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { FrontendModel, registerModels, validates } from "../../../src/frontend/native";
import { type Form, useForm, useModel } from "../../../src/react";
import type { TableDefinition } from "../../../src/schema/table";

class ItemsRow {
  declare id: number;
  declare name: string;
  declare count: number | null;
  declare price: string | null;
  declare due: Date | null;
  declare done: boolean | null;
  declare settings: unknown;
}
const items = {
  tableName: "items",
  columns: {
    id: { type: "integer", nullable: false, columnName: "id" },
    name: { type: "text", nullable: false, columnName: "name" },
    count: { type: "double precision", nullable: true, columnName: "count" },
    price: { type: "numeric(10,2)", nullable: true, columnName: "price" },
    due: { type: "date", nullable: true, columnName: "due" },
    done: { type: "boolean", nullable: true, columnName: "done" },
    settings: { type: "jsonb", nullable: true, columnName: "settings" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: ItemsRow,
} as const satisfies TableDefinition<ItemsRow>;

class Item extends FrontendModel(items) {
  static validations = { name: validates("presence"), count: validates("numericality") };
  #secret = 0;
  get secret(): number {
    return this.#secret;
  }
  rename(name: string): this {
    this.#secret++;
    this.name = name;
    return this;
  }
}

registerModels({ Item });

const item = () => {
  const record = new Item({ id: 1, name: "Ann", count: 2, price: "1.50", done: false });
  record.markPersisted();
  return record;
};

const names = ["window", "document", "IS_REACT_ACT_ENVIRONMENT"] as const;
const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
let window: Window;
let root: Root | undefined;
let makeRoot: typeof createRoot;

beforeAll(async () => {
  window = new Window();
  const values = [window, window.document, true];
  for (const [index, name] of names.entries()) {
    Object.defineProperty(globalThis, name, {
      value: values[index],
      configurable: true,
      writable: true,
    });
  }
  // Only now: React looks at the DOM it will work on when it is loaded.
  makeRoot = (await import("react-dom/client")).createRoot;
});
afterAll(async () => {
  for (const [index, name] of names.entries()) {
    const descriptor = before[index];
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    else Reflect.deleteProperty(globalThis, name);
  }
  await window.happyDOM.close();
});
afterEach(() => act(() => root?.unmount()));

async function render(node: ReactNode): Promise<Element> {
  const container = document.createElement("div");
  root = makeRoot(container);
  await act(() => root?.render(node));
  return container;
}

/** Types a text as a browser does: the value goes past React's own setter, then the event follows. */
async function type(container: Element, name: string, text: string): Promise<void> {
  const input = container.querySelector<HTMLInputElement>(`[name=${name}]`);
  const prototype = window.HTMLInputElement.prototype;
  await act(() => {
    Object.getOwnPropertyDescriptor(prototype, "value")?.set?.call(input, text);
    input?.dispatchEvent(new window.Event("input", { bubbles: true }) as unknown as Event);
  });
}

const shown = (container: Element, name: string) =>
  container.querySelector<HTMLInputElement>(`[name=${name}]`)?.value;

function Show({ record, seen }: { record: Item; seen?: Item[] }) {
  const model = useModel(record);
  seen?.push(model);
  return (
    <p>
      {model.name} {model.secret} {model.errors.fullMessages().join()}{" "}
      {model.changed() ? "dirty" : "clean"}
    </p>
  );
}

type Submit = (record: Item) => unknown;

function Edit({
  record,
  onSubmit,
  hold,
}: {
  record: Item;
  onSubmit?: Submit;
  hold: { form?: Form<Item> };
}) {
  const form = useForm(record, onSubmit ? { onSubmit } : {});
  hold.form = form;
  return (
    <form onSubmit={form.submit}>
      <input {...form.field("name")} />
      <input {...form.field("count")} />
      <input {...form.field("price")} />
      <input {...form.field("due")} />
      <input {...form.field("done")} />
      <input {...form.field("settings")} />
      <i>{[...form.errors("name"), ...form.errors("base")].join()}</i>
      <b>{form.isDirty ? "dirty" : "clean"}</b>
      <u>{form.isSubmitting ? "busy" : "idle"}</u>
    </form>
  );
}

describe("useModel", () => {
  test("renders again when the record is assigned to, in all components that show it", async () => {
    const record = item();
    const seen: Item[] = [];
    const container = await render([
      <Show key="a" record={record} seen={seen} />,
      <Show key="b" record={record} />,
    ]);
    expect(container.textContent).toBe("Ann 0  cleanAnn 0  clean");
    await act(() => {
      const [model] = seen;
      if (model) model.name = "Bob";
    });
    expect(container.textContent).toBe("Bob 0  dirtyBob 0  dirty");
    expect(record.name).toBe("Bob");
  });

  test("follows what methods do, private fields and validation too", async () => {
    const record = item();
    const seen: Item[] = [];
    const container = await render(<Show record={record} seen={seen} />);
    const [model] = seen;
    await act(async () => void model?.rename(""));
    expect(container.textContent).toBe(" 1  dirty");
    await act(async () => void model?.isValid());
    expect(container.textContent).toBe(" 1 Name can't be blank dirty");
    await act(async () => void model?.assignAttributes({ name: "Eve" }));
    await act(async () => void (await model?.validate()));
    await act(async () => void model?.markPersisted());
    expect(container.textContent).toBe("Eve 1  clean");
    await act(async () => void expect(model?.rename("x")).toBe(model));
    expect(model).toBeInstanceOf(Item);
  });

  test("does not render when nothing changed, nor after it is gone", async () => {
    const record = item();
    const seen: Item[] = [];
    await render(<Show record={record} seen={seen} />);
    const count = seen.length;
    await act(async () => {
      const [model] = seen;
      if (model) model.name = "Ann";
      model?.isValid();
      model?.toJSON();
    });
    expect(seen.length).toBe(count);
    await act(() => root?.unmount());
    const [model] = seen;
    if (model) model.name = "Bob";
    expect(seen.length).toBe(count);
  });

  test("renders on a server", () => {
    expect(renderToString(<Show record={item()} />)).toContain("Ann");
  });
});

describe("useForm", () => {
  async function edit(record: Item, onSubmit?: Submit) {
    const hold: { form?: Form<Item> } = {};
    const container = await render(
      <Edit record={record} hold={hold} {...(onSubmit ? { onSubmit } : {})} />,
    );
    const text = (tag: string) => container.querySelector(tag)?.textContent;
    return { container, text, form: () => hold.form as Form<Item> };
  }

  test("typed text becomes the column's value, and is shown as typed", async () => {
    const record = item();
    const { container, text } = await edit(record);
    expect([shown(container, "name"), shown(container, "count"), text("b")]).toEqual([
      "Ann",
      "2",
      "clean",
    ]);
    await type(container, "name", "Bob");
    await type(container, "count", "1.");
    await type(container, "price", "2.500");
    await type(container, "due", "2024-03-10");
    await type(container, "settings", '{"a": 1}');
    expect(record.name).toBe("Bob");
    expect(record.count).toBe(1);
    expect(shown(container, "count")).toBe("1.");
    expect(record.price).toBe("2.500");
    expect(record.due).toEqual(Temporal.PlainDate.from("2024-03-10"));
    expect(record.settings).toEqual({ a: 1 });
    expect(text("b")).toBe("dirty");
  });

  test("what a column cannot hold stays text, and emptied fields are null or empty", async () => {
    const record = item();
    const { container } = await edit(record);
    await type(container, "count", "many");
    expect(record.count as unknown).toBe("many");
    expect(record.isValid()).toBe(false);
    expect(record.errors.get("count")).toEqual(["is not a number"]);
    await type(container, "settings", "{");
    expect(record.settings).toBe("{");
    await type(container, "settings", "");
    expect(record.settings).toBe(null);
    await type(container, "count", "");
    await type(container, "due", "2024-0");
    expect(record.due as unknown).toBe("2024-0");
    await type(container, "due", "");
    await type(container, "name", "");
    expect([record.count, record.due, record.name]).toEqual([null, null, ""]);
  });

  test("a boolean column is a checkbox", async () => {
    const record = item();
    const { container } = await edit(record);
    const box = container.querySelector<HTMLInputElement>("[name=done]");
    expect(box?.type).toBe("checkbox");
    await act(() => box?.click());
    expect(record.done).toBe(true);
    expect(box?.checked).toBe(true);
  });

  test("submit validates first", async () => {
    const sent: unknown[] = [];
    const { container, text, form } = await edit(item(), (record) => sent.push(record.patch()));
    await type(container, "name", "");
    let prevented = false;
    const answer = await act(() =>
      form().submit({
        preventDefault: () => {
          prevented = true;
        },
      }),
    );
    expect([answer, prevented, sent]).toEqual([false, true, []]);
    expect(text("i")).toBe("can't be blank");
    expect(container.querySelector("[name=name]")?.getAttribute("aria-invalid")).toBe("true");
  });

  test("a valid form is sent once, and is clean afterwards", async () => {
    const sent: unknown[] = [];
    const gate = Promise.withResolvers<void>();
    const { container, text, form } = await edit(item(), async (record) => {
      sent.push(record.patch());
      await gate.promise;
    });
    await type(container, "name", "Bob");
    let answers: Promise<boolean[]> | undefined;
    await act(async () => {
      answers = Promise.all([form().submit(), form().submit()]);
    });
    expect(text("u")).toBe("busy");
    await act(async () => {
      gate.resolve();
      await answers;
    });
    expect(await answers).toEqual([true, false]);
    expect(sent).toEqual([{ id: 1, name: "Bob" }]);
    expect([text("b"), text("u")]).toEqual(["clean", "idle"]);
  });

  test.each(["answers", "throws"])("shows the errors that the server %s", async (how) => {
    const record = item();
    const json = { errors: { name: ["has already been taken"] } };
    const { container, text, form } = await edit(record, async () => {
      if (how === "throws") throw Object.assign(new Error("422"), json);
      return json;
    });
    await type(container, "name", "Bob");
    expect(await act(() => form().submit())).toBe(false);
    expect([text("i"), text("b"), text("u")]).toEqual(["has already been taken", "dirty", "idle"]);
  });

  test("takes over what the server answers with: the next save has its lock version", async () => {
    const record = item();
    const { container, text, form } = await edit(record, async (sent) =>
      Item.fromJSON({ ...JSON.parse(JSON.stringify(sent)), count: 8 }),
    );
    await type(container, "name", "Bob");
    expect(await act(() => form().submit())).toBe(true);
    expect([record.name, record.count, record.changed()]).toEqual(["Bob", 8, false]);
    expect([shown(container, "count"), text("b"), text("i")]).toEqual(["8", "clean", ""]);
  });

  test("other failures are passed on, and the form can be sent again", async () => {
    let failing = true;
    const { text, form } = await edit(item(), async () => {
      if (failing) throw new Error("offline");
    });
    await act(() => expect(form().submit()).rejects.toThrow("offline"));
    expect(text("u")).toBe("idle");
    failing = false;
    expect(await act(() => form().submit())).toBe(true);
  });

  test("reset goes back to what the server sent", async () => {
    const record = item();
    const { container, text, form } = await edit(record);
    await type(container, "name", "");
    await type(container, "count", "1.");
    await act(() => form().submit());
    await act(async () => form().reset());
    expect([shown(container, "name"), shown(container, "count")]).toEqual(["Ann", "2"]);
    expect([text("i"), text("b")]).toEqual(["", "clean"]);
    expect(record.changed()).toBe(false);
  });
});
