/** The hooks in a real React, on a DOM that a test can click on. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { act, memo, type ReactNode, StrictMode, startTransition, useEffect } from "react";
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

const Remembered = memo(({ model }: { model: Item }) => (
  <i>{model.changed() ? "dirty" : "clean"}</i>
));

function Remember({ record, seen, effects }: { record: Item; seen: Item[]; effects: string[] }) {
  const model = useModel(record);
  seen.push(model);
  useEffect(() => void effects.push(model.name), [model, effects]);
  return <Remembered model={model} />;
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

  test("is another object after each change, for what React remembers by identity", async () => {
    const record = item();
    const seen: Item[] = [];
    const effects: string[] = [];
    const container = await render(<Remember record={record} seen={seen} effects={effects} />);
    const [first] = seen;
    await act(async () => void first?.assignAttributes({ name: "Bob" }));
    expect(container.textContent).toBe("dirty");
    expect(effects).toEqual(["Ann", "Bob"]);
    expect(seen.at(-1)).not.toBe(first);
    // What a callback remembers from before is the same record.
    await act(() => {
      if (first) first.name = "Eve";
    });
    expect([record.name, seen.at(-1)?.name, effects.at(-1)]).toEqual(["Eve", "Eve", "Eve"]);
    expect(effects.length).toBe(3);
  });

  test("in strict mode, and when rendering is interrupted, all components show the same", async () => {
    const record = item();
    const seen: Item[] = [];
    const list = (count: number) =>
      Array.from({ length: count }, (_, index) => (
        <Show key={String(index)} record={record} seen={seen} />
      ));
    const container = await render(<StrictMode>{list(2)}</StrictMode>);
    await act(async () => {
      startTransition(() => root?.render(<StrictMode>{list(20)}</StrictMode>));
      const model = seen.at(-1);
      if (model) model.name = "Bob";
      await Promise.resolve();
      if (model) model.name = "Eve";
    });
    expect(container.textContent).toBe("Eve 0  dirty".repeat(20));
    await act(() => root?.unmount());
    record.name = "Ann";
    expect(container.textContent).toBe("");
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

  test("what is typed while a save is under way is kept, and still to be saved", async () => {
    const record = item();
    const sent: unknown[] = [];
    let gate = Promise.withResolvers<Item | undefined>();
    const { container, text, form } = await edit(record, (model) => {
      sent.push(model.patch());
      return gate.promise;
    });
    await type(container, "name", "Bob");
    let answer: Promise<boolean> | undefined;
    await act(async () => {
      answer = form().submit();
    });
    await type(container, "count", "7.");
    await act(async () => {
      gate.resolve(
        Item.fromJSON({ __typename: "Item", id: 1, name: "Bob", count: 2, price: "2.00" }),
      );
      await answer;
    });
    expect([record.name, record.count, record.price]).toEqual(["Bob", 7, "2.00"]);
    expect([shown(container, "count"), text("b")]).toEqual(["7.", "dirty"]);
    expect(record.patch()).toEqual({ id: 1, count: 7 });

    // The same when the answer is no record.
    gate = Promise.withResolvers();
    await act(async () => {
      answer = form().submit();
    });
    await type(container, "name", "Eve");
    await act(async () => {
      gate.resolve(undefined);
      await answer;
    });
    expect([record.changed("count"), record.changed("name"), text("b")]).toEqual([
      false,
      true,
      "dirty",
    ]);
    expect(sent).toEqual([
      { id: 1, name: "Bob" },
      { id: 1, count: 7 },
    ]);
  });

  test("another record begins with nothing typed", async () => {
    const [one, two] = [item(), item()];
    two.count = 1;
    const hold: { form?: Form<Item> } = {};
    const container = await render(<Edit record={one} hold={hold} />);
    await type(container, "count", "1.");
    expect(shown(container, "count")).toBe("1.");
    await act(() => root?.render(<Edit record={two} hold={hold} />));
    expect(shown(container, "count")).toBe("1");
  });

  test("a record of another class is no list of errors, nor are those of an AggregateError", async () => {
    class Note extends FrontendModel(items) {}
    class OtherRow {
      declare id: number;
    }
    class Other extends FrontendModel({ ...items, tableName: "others", rowClass: OtherRow }) {}
    let answer: () => unknown = () => new Other({ id: 5 });
    const record = item();
    const { text, form } = await edit(record, () => answer());
    record.name = "Bob";
    expect(await act(() => form().submit())).toBe(true);
    expect([record.name, record.id, text("b")]).toEqual(["Bob", 1, "clean"]);
    answer = () => new Note({ name: "of the same table" });
    expect(await act(() => form().submit())).toBe(true);
    expect(record.name).toBe("of the same table");
    answer = () => {
      throw new AggregateError([new Error("a")], "both mirrors are down");
    };
    await act(() => expect(form().submit()).rejects.toThrow("both mirrors are down"));
  });

  test("errors inside of an attribute are found by their path", async () => {
    const json = { errors: { "settings[0].color": ["is unknown"], "settings.size": "is odd" } };
    const { form } = await edit(item(), () => json);
    await act(() => form().submit());
    expect(form().errors("settings[0].color")).toEqual(["is unknown"]);
    expect(form().errors("settings.size")).toEqual(["is odd"]);
    expect(form().errors("settings")).toEqual([]);
  });

  test("a form that is gone when the answer comes does not mind", async () => {
    const record = item();
    const gate = Promise.withResolvers<void>();
    const { container, form } = await edit(record, () => gate.promise);
    await type(container, "name", "Bob");
    let answer: Promise<boolean> | undefined;
    await act(async () => {
      answer = form().submit();
    });
    await act(() => root?.unmount());
    gate.resolve();
    expect(await answer).toBe(true);
    expect(record.changed()).toBe(false);
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
