/** The example application in a real browser, under a policy that allows neither inline scripts nor eval. */
import { afterEach, expect, test } from "bun:test";
import { Post } from "../../examples/blog/models/post";
import { withBrowser } from "../support/browser";
import { exampleBlog } from "../support/example-blog";

withBrowser((tabs) => {
  const blog = exampleBlog();
  afterEach(() => tabs.close());

  const open = async (path = "") => await tabs.open(`${blog.url}#/${path}`);

  /** The form for the post "Notes on the engine". */
  const edit = async () => {
    const page = await open("posts/1/edit");
    const alert = page.locator("[role=alert]");
    const title = page.getByLabel("Title");
    const save = page.getByRole("button", { name: "Save" });
    await title.waitFor();
    return { page, alert, title, save };
  };

  test("lists the posts and shows one, with its author, its day and its comments", async () => {
    const page = await open();
    await page.getByRole("link", { name: "Notes on the engine" }).waitFor();
    expect(await page.locator(".posts li").allInnerTexts()).toEqual([
      "Compilers for everybody\nGrace Murray, not published",
      "A moth in the relay\nGrace Murray, September 9, 2026",
      "Notes on the engine\nAda Byron, September 1, 2026",
    ]);
    await page.getByRole("link", { name: "Notes on the engine" }).click();
    await page.getByRole("heading", { name: "2 comments" }).waitFor();
    expect(await page.locator("article").textContent()).toContain("Ada Byron, September 1, 2026");
    expect(await page.locator("blockquote").allInnerTexts()).toEqual([
      expect.stringMatching(/^Nobody has understood it better\.\nCharles, /),
      expect.stringMatching(/^And the Bernoulli numbers\?\nMary, /),
    ]);
  });

  test("an edit is dirty until it is undone or saved, and only changes are sent", async () => {
    const { page, title, save } = await edit();
    const state = page.locator("footer small");
    expect([await state.textContent(), await save.isDisabled()]).toEqual(["Nothing changed", true]);
    await title.fill("Sketch of the engine");
    expect([await state.textContent(), await save.isDisabled()]).toEqual(["Not saved yet", false]);
    await page.getByRole("button", { name: "Undo my changes" }).click();
    expect(await title.inputValue()).toBe("Notes on the engine");
    expect(await save.isDisabled()).toBe(true);

    await title.fill("Sketch of the engine");
    await page.getByLabel("Published on").fill("2026-10-02");
    const sent = page.waitForRequest((request) => request.method() === "PATCH");
    await save.click();
    expect((await sent).postDataJSON()).toEqual({
      id: "1",
      lockVersion: 0,
      title: "Sketch of the engine",
      publishedOn: "2026-10-02",
    });
    await page.getByRole("heading", { name: "Sketch of the engine" }).waitFor();
    expect(await page.locator("article").textContent()).toContain("October 2, 2026");
    const post = await Post.find(1n);
    expect([post.title, post.publishedOn, post.lockVersion]).toEqual([
      "Sketch of the engine",
      new Date("2026-10-02"),
      1,
    ]);
  });

  test("what is invalid is said at once and not sent", async () => {
    const { page, title, save } = await edit();
    let requests = 0;
    page.on("request", (request) => {
      if (request.url().includes("/api/")) requests++;
    });
    await title.fill(" ");
    await page.getByLabel("Published on").fill("");
    await save.click();
    await page.getByText("can't be blank").waitFor();
    await page.getByText("is needed for a published post").waitFor();
    expect(await title.getAttribute("aria-invalid")).toBe("true");
    expect(requests).toBe(0);
    await page.getByLabel("Status").selectOption("draft");
    await title.fill("x".repeat(61));
    await save.click();
    await page.getByText("is too long (maximum is 60 characters)").waitFor();
    expect(await page.getByText("is needed for a published post").count()).toBe(0);
  });

  test("what only the server knows is shown beside the field", async () => {
    const { page, title, save } = await edit();
    await title.fill("A moth in the relay");
    await save.click();
    await page.getByText("has already been taken").waitFor();
    expect(await title.getAttribute("aria-invalid")).toBe("true");
    await title.fill("Another moth");
    await save.click();
    await page.getByRole("heading", { name: "Another moth" }).waitFor();
  });

  test("two tabs with one post: the second hears of the first, and can keep its changes", async () => {
    const [first, second] = [await edit(), await edit()];
    await first.title.fill("From the first tab");
    await first.save.click();
    await first.page.getByRole("heading", { name: "From the first tab" }).waitFor();

    await second.page.getByLabel("Text").fill("From the second tab.");
    await second.save.click();
    await second.alert.waitFor();
    expect(await second.alert.textContent()).toBe(
      "Somebody else saved this post since you opened it.",
    );
    expect(await second.page.locator("aside").textContent()).toContain("From the first tab");
    expect((await Post.find(1n)).body).toStartWith("It weaves");

    await second.page.getByRole("button", { name: "Keep my changes" }).click();
    expect(await second.title.inputValue()).toBe("From the first tab");
    await second.save.click();
    await second.page.locator("p.body", { hasText: "From the second tab." }).waitFor();
    const post = await Post.find(1n);
    expect([post.title, post.body, post.lockVersion]).toEqual([
      "From the first tab",
      "From the second tab.",
      2,
    ]);
  });

  test("two tabs with one post: the second can take the first one's version", async () => {
    const [first, second] = [await edit(), await edit()];
    await first.title.fill("From the first tab");
    await first.save.click();
    await first.page.getByRole("heading", { name: "From the first tab" }).waitFor();
    await second.title.fill("From the second tab");
    await second.save.click();
    await second.page.getByRole("button", { name: "Take theirs" }).click();
    await second.page.getByRole("heading", { name: "From the first tab" }).waitFor();
    expect((await Post.find(1n)).lockVersion).toBe(1);
  });

  test("a server that does not answer loses nothing that was typed", async () => {
    const { page, alert, title, save } = await edit();
    await title.fill("Typed in vain");
    await page.route("**/api/**", (route) => route.abort());
    await save.click();
    await alert.waitFor();
    expect(await alert.textContent()).toBe("The server cannot be reached.");
    await page.unroute("**/api/**");
    await save.click();
    await page.getByRole("heading", { name: "Typed in vain" }).waitFor();
  });

  test("a post that is not there is said to be missing", async () => {
    const page = await open("posts/99");
    await page.getByText("There is no such post.").waitFor();
  });
});
