// Shows a page again after each build: what has changed is put in its place, the rest stays as it is.
// A change of what stands around the text, a style sheet or the contents, loads the page anew.
{
  // No other script has run yet: what they add to the page is not compared.
  let was = document.documentElement.cloneNode(true);
  let build = document.currentScript.dataset.build;
  let source;

  const around = (page) => {
    const outside = [...page.querySelector("body").children].flatMap((part) =>
      part.matches("main") ? [...part.children].filter((inside) => !inside.matches("article")) : part,
    );
    const shown = outside.filter((part) => !part.matches("[data-live]"));
    return [page.querySelector("head"), ...shown].map((part) => part.outerHTML).join("\n");
  };

  const isSame = (one, other) => one.cloneNode().isEqualNode(other.cloneNode());

  // Put what differs between two states of a section into the shown one; return what is new.
  const put = (shown, old, fresh) => {
    const [before, after] = [[...old.children], [...fresh.children]];
    const differ = (place) => !before.at(place)?.isEqualNode(after.at(place) ?? null);
    const most = Math.min(before.length, after.length);
    let first = 0;
    while (first < most && !differ(first)) first++;
    let last = 0;
    while (last < most - first && !differ(-1 - last)) last++;
    const places = [...shown.children].slice(first, before.length - last);
    const gone = before.slice(first, before.length - last);
    const come = after.slice(first, after.length - last);
    if (gone.length !== come.length) {
      const next = shown.children[before.length - last] ?? null;
      for (const block of places) block.remove();
      for (const block of come) shown.insertBefore(block, next);
      return come;
    }
    return places.flatMap((block, index) => {
      const [a, b] = [gone[index], come[index]];
      if (a.isEqualNode(b)) return [];
      if (a.matches("section") && isSame(a, b)) return put(block, a, b);
      block.replaceWith(b);
      return [b];
    });
  };

  const showBuild = async () => {
    const answer = await fetch(location.href, { cache: "no-store" });
    const now = new DOMParser().parseFromString(await answer.text(), "text/html").documentElement;
    const [shown, old, fresh] = [document, was, now].map((page) => page.querySelector("article"));
    if (!answer.ok || !shown || !old || !fresh || around(was) !== around(now)) return location.reload();
    was = now.cloneNode(true);
    build = now.querySelector("script[data-live]").dataset.build;
    const isOpen = document.querySelector("details[data-live]")?.open ?? true;
    for (const part of document.querySelectorAll("body > [data-live]")) part.remove();
    for (const part of now.querySelectorAll("body > [data-live]:not(script)")) {
      document.body.append(part);
      if (part.matches("details")) part.open = isOpen;
    }
    document.dispatchEvent(new CustomEvent("changed", { detail: put(shown, old, fresh) }));
    listen();
  };

  const listen = () => {
    source?.close();
    // A browser has few connections to one server: a page that nobody looks at gives its own back.
    if (document.hidden) return;
    source = new EventSource(`EVENTS?after=${build}`);
    source.onmessage = () => {
      source.close();
      showBuild();
    };
  };
  document.addEventListener("visibilitychange", listen);
  listen();
}
