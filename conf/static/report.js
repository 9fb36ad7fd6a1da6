// Fill the number of an equation into its report: that of an opened mark, or of the page's address.
{
  const link = document.getElementById("report-equation");
  const reporting = (equation) => {
    const url = new URL(link.href);
    const number = equation?.querySelector(".eqno")?.textContent;
    if (number) url.searchParams.set("equation", number);
    else url.searchParams.delete("equation");
    return url.href;
  };

  const fill = () => {
    link.href = reporting(document.getElementById(decodeURIComponent(location.hash.slice(1))));
  };
  addEventListener("hashchange", fill);
  fill();

  // This event does not bubble.
  document.addEventListener("beforetoggle", ({ target }) => {
    const equation = target.closest(".checked-equation");
    if (!equation?.querySelector(".eqno") || !target.matches(".checked-note")) return;
    const own = target.querySelector("a") ?? document.createElement("a");
    own.textContent = "Report it";
    own.href = reporting(equation);
    target.append(" ", own);
  }, true);
}
