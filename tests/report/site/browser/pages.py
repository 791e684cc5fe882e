"""Questions that the tests put to a page in the browser."""

DESK = {"width": 1280, "height": 900}

FOCUSABLE = """() => {
  const all = [...document.querySelectorAll('a[href], button, input, select, summary, textarea, ' +
    '[tabindex="0"]')].filter(one => !one.disabled && one.checkVisibility(
      {visibilityProperty: true, contentVisibilityAuto: true}));
  const radios = new Set(all.filter(one => one.type === 'radio').map(one => one.name));
  return all.filter(one => one.type !== 'radio').length + radios.size;
}"""
"""How many stops of the tab key: a group of radio buttons is one."""

SMALL_TARGETS = """() => {
  const shown = one => one.checkVisibility({visibilityProperty: true});
  const inline = one => one.tagName === 'A' && getComputedStyle(one).display === 'inline' &&
    one.parentElement.textContent.trim().length > one.textContent.trim().length;
  return [...document.querySelectorAll('a[href], button, input, select, summary, textarea')]
    .filter(one => shown(one) && !inline(one) && !one.matches('.skip'))
    .map(one => [one, (one.closest('label') || one).getBoundingClientRect()])
    .filter(([, box]) => box.width < 24 || box.height < 24)
    .map(([one, box]) => `${one.outerHTML.slice(0, 120)} ${box.width}x${box.height}`);
}"""
"""Targets below 24 px; a link inside a sentence is exempt (WCAG 2.5.8)."""

OPEN_BLOCKS = """() => [...document.querySelectorAll('details')].filter(
  block => [...block.children].some(part => part.tagName !== 'SUMMARY' &&
    part.textContent.trim() && !part.checkVisibility())
).map(block => block.outerHTML.slice(0, 200))"""
"""Blocks whose content is not shown."""

INK = """() => {
  const style = getComputedStyle(document.body);
  return [style.color, style.backgroundColor];
}"""


GREENISH = """() => [...document.querySelectorAll('#result, #result *')].flatMap(one => {
  const style = getComputedStyle(one);
  return [style.color, style.backgroundColor, style.borderLeftColor, style.fill]
    .map(text => [text, (text.match(/[0-9.]+/g) || []).map(Number)])
    .filter(([, [r, g, b, a]]) => a !== 0 && g > r + 25 && g > b + 25)
    .map(([text]) => `${one.tagName} ${text}`);
})"""
"""Colours in which green leads."""


def wide(width: int) -> str:
    """Ask what reaches beyond the width; what scrolls in a region of its own does not count."""
    return f"""() => document.documentElement.scrollWidth <= {width} ? [] :
      [...document.querySelectorAll('body *')].filter(one =>
        one.getBoundingClientRect().right > {width} + 0.5 && !one.closest('.scroll'))
        .map(one => one.outerHTML.slice(0, 120))"""


def lines(page) -> set[str]:
    """The lines of text of the main part, without the controls that only a script gives."""
    for part in page.locator("main button, main .with-script").all():
        part.evaluate("part => part.style.display = 'none'")
    text = page.locator("main").inner_text()
    return {line.strip() for line in text.splitlines() if line.strip()}
