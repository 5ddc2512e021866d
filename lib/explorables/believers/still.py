"""The still picture of the believers: the floor, and what a wrong belief adds to it."""

from __future__ import annotations

from typing import Any

from lib.explorables import STATE
from lib.explorables.kit import svg
from lib.figures.style import MODEL, TRUTH
from lib.information import cross_entropy, entropy, information, kl_divergence

LEFT, WIDTH, BOTTOM = 52, 388, 254
NAT = 250 / 3  # pixels of one nat
OWN = f'fill="{TRUTH}" fill-opacity=".3" stroke="{TRUTH}" stroke-width="1.5"'
MORE = f'fill="{MODEL}" stroke="{MODEL}" stroke-width="1.5"'
SAVED = (
    f'fill="{TRUTH}" fill-opacity=".08" stroke="{MODEL}" stroke-width="2" stroke-dasharray="5 4"'
)


def box(x: float, top: float, width: float, height: float, look: str) -> str:
    """Return a rectangle."""
    return f'<rect x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" {look}/>'


def draw() -> str:
    """Return the picture as HTML."""
    start: dict[str, Any] = {key: entry.start for key, entry in STATE["believers"].items()}
    p, q, names = start["p"], start["q"], start["names"].split("_")
    floor, fixable, together = entropy(p), kl_divergence(p, q), cross_entropy(p, q)
    own, paid = information(p), information(q)
    more = [weight * float(b - a) for weight, a, b in zip(p, own, paid, strict=True)]

    def y(nats: float) -> float:
        return BOTTOM - NAT * nats

    body = [
        f'<text x="44" y="{y(n) + 5:.1f}" text-anchor="end">{n}</text>'
        f'<path d="M48 {y(n):.1f}H52" stroke="currentColor"/>'
        for n in range(3)
    ]
    left = float(LEFT)
    for k, name in enumerate(names):
        width = WIDTH * p[k]
        middle = left + width / 2
        low, high = sorted((float(own[k]), float(paid[k])))
        body += [
            box(left, y(own[k] if more[k] > 0 else low), width, NAT * low, OWN),
            box(left, y(high), width, NAT * (high - low), MORE if more[k] > 0 else SAVED),
            f'<text x="{middle:.1f}" y="273" text-anchor="middle" font-weight="700">{name}</text>',
        ]
        amount = svg.signed(more[k], 4)
        if more[k] < 0:
            place, words = (left - 8, y(1.85) + 5, 'text-anchor="end"'), f"q saves: {amount}"
        elif width > 150:
            inside = 'text-anchor="middle" fill="#000"'
            place, words = (middle, y((low + high) / 2) + 5, inside), f"q pays more: {amount}"
        else:
            place, words = (middle, y(high) - 8, 'text-anchor="middle"'), amount
        body.append(f'<text x="{place[0]:.1f}" y="{place[1]:.1f}" {place[2]}>{words}</text>')
        left += width
    shown = {"H(p)": floor, "KL(p‖q)": fixable, "H(p, q)": together}
    said = {key: f"{value:.4f}" for key, value in shown.items()}
    body += [
        f'<path d="M{LEFT} 46V{BOTTOM}H440" fill="none" stroke="currentColor"/>',
        f'<path d="M{LEFT} {y(floor):.1f}H492" fill="none" stroke="{TRUTH}" stroke-width="1.5" '
        'stroke-dasharray="4 4"/>',
        f'<rect x="462" y="{y(floor):.1f}" width="30" height="{NAT * floor:.1f}" {OWN}/>'
        f'<rect x="462" y="{y(together):.1f}" width="30" height="{NAT * fixable:.1f}" {MORE}/>',
        '<text x="477" y="273" text-anchor="middle">mean</text>',
    ]
    notes = (
        ("the floor", "H(p)", y(floor / 2) - 4, ""),
        ("can be fixed", "KL(p‖q)", y(floor + fixable / 2) - 4, ""),
        ("together", "H(p, q)", y(together) - 24, ' font-weight="700"'),
    )
    for words, key, top, look in notes:
        body.append(
            f'<text x="500" y="{top:.1f}">{words}</text>'
            f'<text x="500" y="{top + 18:.1f}"{look}>{key} = {said[key]}</text>'
        )
    body.append(
        '<text x="4" y="20">surprise (nats)</text>'
        '<text x="246" y="294" text-anchor="middle">width of a box: how often, p</text>'
    )
    adds = [f"{abs(value):.4f}" for value in more]
    description = (
        f"Three boxes as wide as the truth p, {p[0]}, {p[1]} and {p[2]}, and as high as the "
        f"surprise. Their area is the entropy, {said['H(p)']} nats, the floor. A wrong belief q "
        f"makes the box of {names[0]} much higher, which adds {adds[0]} nats, and that of "
        f"{names[1]} a little, {adds[1]}; on {names[2]} it saves {adds[2]}. Beside them a column "
        f"of the mean surprise: the floor and, on top of it, {said['KL(p‖q)']} nats of KL that can "
        "be fixed."
    )
    caption = (
        "Cross-entropy is a floor plus a part that can be fixed: H(p, q) = H(p) + KL(p‖q), here "
        f"{said['H(p, q)']} = {said['H(p)']} + {said['KL(p‖q)']} nats. A belief q that is wrong "
        "saves on some classes and pays more on others, and never gains."
    )
    return svg.figure(300, description, body, caption)
