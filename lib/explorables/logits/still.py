"""The still picture of the logits: three logits, their softmax, and the push on each."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import softmax

from lib.explorables.kit import svg
from lib.figures.style import GRADIENT, MODEL, TRUTH
from lib.losses import grad_nll_from_logits, nll_from_logits

Z = np.array([math.log(3), 0.0, 0.0])
LABEL, SHIFT = 2, 1
BOTTOM, LOGIT, PROBABILITY = 230, 70, 180  # y of 0, and pixels per unit left and right
DASHED = f'fill="none" stroke="{MODEL}" stroke-width="1.5" stroke-dasharray="4 4"'


def bar(x: int, height: float) -> str:
    """Return a bar 28 pixels wide; a line if its height is 0."""
    if height == 0:
        return f'<path d="M{x} {BOTTOM}h28" stroke="{MODEL}" stroke-width="4"/>'
    top = BOTTOM - height
    return f'<rect x="{x}" y="{top:.1f}" width="28" height="{height:.1f}" fill="{MODEL}"/>'


def draw() -> str:
    """Return the picture as HTML."""
    q = softmax(Z)
    if not np.allclose(softmax(Z + SHIFT), q, rtol=1e-12, atol=0):
        raise ArithmeticError("the picture says that the shift changes no probability")
    push, loss = -np.asarray(grad_nll_from_logits(Z, LABEL)), nll_from_logits(Z, LABEL)
    classes = range(len(Z))
    left, right = [62 + 75 * k for k in classes], [380 + 94 * k for k in classes]
    truth = f'y="36" width="{{}}" height="194" fill="{TRUTH}" opacity=".12"/>'
    body = [
        f'<text x="40" y="20">logits z, and dashed z + {SHIFT}</text>',
        f'<rect x="{left[LABEL] - 22}" {truth.format(72)}',
        f'<rect x="{right[LABEL] - 10}" {truth.format(76)}',
        f'<path d="M40 {BOTTOM}H262" fill="none" stroke="currentColor"/>',
        '<path d="M40 69.0V236" fill="none" stroke="currentColor"/>',
    ]
    for n in range(3):
        body.append(f'<text x="32" y="{BOTTOM - LOGIT * n + 5:.1f}" text-anchor="end">{n}</text>')
    for k, x in enumerate(left):
        top = BOTTOM - LOGIT * (Z[k] + SHIFT)
        body += [
            f'<path d="M{x} {BOTTOM:.1f}V{top:.1f}H{x + 28}V{BOTTOM:.1f}" {DASHED}/>',
            bar(x, LOGIT * Z[k]),
            f'<text x="{x + 14}" y="252" text-anchor="middle">class {k}</text>',
            f'<text x="{x + 14}" y="272" text-anchor="middle">{svg.fixed(Z[k], 2)}</text>',
        ]
    body += [
        '<text x="292" y="128" text-anchor="middle">softmax</text>'
        '<path d="M266 140H312" stroke="currentColor" stroke-width="2"/>'
        '<path d="M320 140l-10 -5v10z"/>',
        '<text x="362" y="20">probabilities q of both, and the push</text>',
        f'<path d="M362 40V{BOTTOM}H634" fill="none" stroke="currentColor"/>',
    ]
    for value in (0, 0.5, 1):
        height = BOTTOM - PROBABILITY * value + 5
        body.append(f'<text x="354" y="{height:.1f}" text-anchor="end">{value}</text>')
    body.append(
        f'<path d="M{right[LABEL] - 10} {BOTTOM - PROBABILITY:.1f}H634" fill="none" '
        f'stroke="{TRUTH}" stroke-width="2" stroke-dasharray="4 4"/>'
    )
    for k, x in enumerate(right):
        middle = x + 28
        top, end = (BOTTOM - PROBABILITY * value for value in (q[k], q[k] + push[k]))
        back = 1 if push[k] > 0 else -1
        name = f"true class {k}" if k == LABEL else f"class {k}"
        body += [
            bar(x, PROBABILITY * q[k]),
            f'<path d="M{x + 44} {top:.1f}V{end + 8 * back:.1f}" stroke="{GRADIENT}" '
            f'stroke-width="2.5"/><circle cx="{x + 44}" cy="{top:.1f}" r="3" fill="{GRADIENT}"/>'
            f'<path d="M{x + 44} {end:.1f}l-5 {10 * back}h10z" fill="{GRADIENT}"/>',
            f'<text x="{middle}" y="252" text-anchor="middle">{name}</text>',
            f'<text x="{middle}" y="272" text-anchor="middle">q = {q[k]:.1f}</text>',
            f'<text x="{middle}" y="292" text-anchor="middle">push {svg.signed(push[k], 1)}</text>',
        ]
    a, b, c = (f"{abs(value):.1f}" for value in push)
    description = (
        f"Left, three logits: {Z[0]:.2f}, {Z[1]:g} and {Z[2]:g}; dashed outlines show the same "
        f"with {SHIFT} added to each. Right, the probabilities of both: {q[0]:.1f}, {q[1]:.1f} and "
        f"{q[2]:.1f}. Green arrows push class 0 down by {a} and class 1 down by {b}, each to 0, "
        f"and pull the true class {LABEL} up by {c}, to 1."
    )
    caption = (
        f"Only differences matter: {SHIFT} added to every logit changes no probability. Every "
        "wrong class is pushed down by its q, and the true one is pulled up by 1 − q, together by "
        f"as much; here the loss is −log {q[LABEL]:.1f} = {loss:.4f} nats."
    )
    return svg.figure(300, description, body, caption)
