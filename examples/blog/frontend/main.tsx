/** Mounts the app; the address after "#" says which page it shows. */
import { useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
import { PostList } from "./PostList";
import { PostPage } from "./PostPage";

function useHash(): string {
  return useSyncExternalStore(
    (listener) => {
      addEventListener("hashchange", listener);
      return () => removeEventListener("hashchange", listener);
    },
    () => location.hash,
  );
}

function App() {
  const [, , id, action] = useHash().split("/");
  return (
    <>
      <header>
        <a href="#/">A blog on baked-orm</a>
      </header>
      <main>{id ? <PostPage key={id} id={id} isEditing={action === "edit"} /> : <PostList />}</main>
    </>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
