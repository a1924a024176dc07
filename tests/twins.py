"""Wrong twins of update rules, made mechanically: each changes one place of one line, as people miscopy rules."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An optimizer of Optax with its rule.

    Args:
        target: its name in Optax.
        letters: the parameter of each letter.
        lines: pairs of a name at the step t and its value.
        start: a formula that states the values before the first step; empty if none is stated.
        bind: values of arguments that the optimizer is called with.
        change: what was changed.
    """

    target: str
    letters: Mapping[str, str]
    lines: tuple[tuple[str, str], ...]
    start: str = ""
    bind: Mapping[str, object] = field(default_factory=dict)
    change: str = ""

    def __str__(self) -> str:
        return f"{self.target}{dict(self.bind) or ''}: {self.change}: " + "; ".join(f"{left} <- {right}" for left, right in self.lines)

    @property
    def doc(self) -> str:
        """The text of its docstring."""
        said = "\n".join(f"    - :math:`{letter}` is the ``{name}``." for letter, name in self.letters.items())
        start = f"    Initialize :math:`{self.start}`.\n" if self.start else ""
        rows = " \\\\\n        ".join(rf"{left} &\leftarrow {right}" for left, right in self.lines)
        return (
            f"On each step, the parameters are updated as follows.\n\n{said}\n\n{start}\n    .. math::\n\n"
            f"        \\begin{{align*}}\n        {rows}\n        \\end{{align*}}\n"
        )


RATE = {r"\alpha_t": "learning_rate"}
BETAS = {r"\beta_1": "b1", r"\beta_2": "b2"}
EPS = {r"\varepsilon": "eps", r"\bar{\varepsilon}": "eps_root"}
DECAY = {r"\lambda": "weight_decay"}
M = ("m_t", r"\beta_1 m_{t-1} + (1 - \beta_1) g_t")
V = ("v_t", r"\beta_2 v_{t-1} + (1 - \beta_2) g_t^2")
S = ("s_t", r"\beta_2 s_{t-1} + (1 - \beta_2) (g_t - m_t)^2 + \bar{\varepsilon}")
HAT_M = (r"\hat{m}_t", r"m_t / (1 - \beta_1^t)")
HAT_V = (r"\hat{v}_t", r"v_t / (1 - \beta_2^t)")
HAT_S = (r"\hat{s}_t", r"s_t / (1 - \beta_2^t)")
NESTEROV = (r"\hat{m}_t", r"\beta_1 m_t / (1 - \beta_1^{t+1}) + (1 - \beta_1) g_t / (1 - \beta_1^t)")
STEP = ("u_t", r"-\alpha_t \hat{m}_t / (\sqrt{\hat{v}_t + \bar{\varepsilon}} + \varepsilon)")
DECAYED = ("u_t", r"-\alpha_t (\hat{m}_t / (\sqrt{\hat{v}_t + \bar{\varepsilon}} + \varepsilon) + \lambda \theta_t)")

RULES = (
    Rule(target="sgd", letters=RATE, lines=(("u_t", r"-\alpha_t g_t"),)),
    Rule(
        target="sgd",
        letters=RATE | {r"\mu": "momentum"},
        lines=(("m_t", r"g_t + \mu m_{t-1}"), ("u_t", r"-\alpha_t m_t")),
        bind={"nesterov": False},
    ),
    Rule(
        target="sgd",
        letters=RATE | {r"\mu": "momentum"},
        lines=(("m_t", r"g_t + \mu m_{t-1}"), ("u_t", r"-\alpha_t (g_t + \mu m_t)")),
        bind={"nesterov": True},
    ),
    Rule(target="sign_sgd", letters=RATE, lines=(("u_t", r"-\alpha_t \text{sign}(g_t)"),)),
    Rule(
        target="signum",
        letters=RATE | {r"\beta": "beta"},
        lines=(("m_t", r"\beta m_{t-1} + (1 - \beta) g_t"), ("u_t", r"-\alpha_t \text{sign}(m_t)")),
    ),
    Rule(
        target="lion",
        letters=RATE | BETAS | DECAY,
        lines=(
            ("c_t", r"\beta_1 m_{t-1} + (1 - \beta_1) g_t"),
            ("u_t", r"-\alpha_t (\text{sign}(c_t) + \lambda \theta_t)"),
            ("m_t", r"\beta_2 m_{t-1} + (1 - \beta_2) g_t"),
        ),
    ),
    Rule(target="adam", letters=RATE | BETAS | EPS, lines=(M, V, HAT_M, HAT_V, STEP)),
    Rule(target="nadam", letters=RATE | BETAS | EPS, lines=(M, V, NESTEROV, HAT_V, STEP)),
    Rule(target="adamw", letters=RATE | BETAS | EPS | DECAY, lines=(M, V, HAT_M, HAT_V, DECAYED)),
    Rule(target="nadamw", letters=RATE | BETAS | EPS | DECAY, lines=(M, V, NESTEROV, HAT_V, DECAYED)),
    Rule(
        target="adamax",
        letters=RATE | BETAS | {r"\varepsilon": "eps"},
        lines=(M, ("v_t", r"\max(|g_t| + \varepsilon, \beta_2 v_{t-1})"), HAT_M, ("u_t", r"-\alpha_t \hat{m}_t / v_t")),
    ),
    Rule(
        target="adabelief",
        letters=RATE | BETAS | EPS,
        lines=(M, S, HAT_M, HAT_S, ("u_t", r"-\alpha_t \hat{m}_t / (\sqrt{\hat{s}_t} + \varepsilon)")),
    ),
    Rule(
        target="optimistic_gradient_descent",
        letters={r"\eta": "learning_rate", r"\alpha": "alpha", r"\beta": "beta"},
        lines=(("w_{t+1}", r"w_t - \eta ((\alpha + \beta) g_t - \beta g_{t-1})"),),
        start=r"g_0 = g_1",
    ),
    Rule(
        target="rmsprop",
        letters={r"\eta": "learning_rate", r"\gamma": "decay", r"\epsilon": "eps"},
        lines=(("v_t", r"\gamma v_{t-1} + (1 - \gamma) g_t^2"), ("w_{t+1}", r"w_t - \frac{\eta g_t}{\sqrt{v_t + \epsilon}}")),
    ),
)  # fmt: skip
"""Right rules."""

CHANGES: tuple[tuple[str, str, str], ...] = (
    ("a beta for another", r"\\beta_1", r"\\beta_2"),
    ("a beta for another", r"\\beta_2", r"\\beta_1"),
    ("t - 1 for t", r"(?<!\\alpha)_t(?![a-z])", "_{t-1}"),
    ("a power one step early", r"\^t(?![a-z])", "^{t-1}"),
    ("a power one step late", r"\^t(?![a-z])", "^{t+1}"),
    ("a power one step early", r"\^\{t\+1\}", "^t"),
    ("no power", r"(\\beta_\d)\^t(?![a-z])", r"\1"),
    ("no bias correction", r"\\hat\{(\w)\}_t", r"\1_t"),
    ("no bias correction", r"/ \(1 - \\beta_\d\^t\)", ""),
    ("another sign", r"(?<=[\w})]) \+ ", " - "),
    ("another sign", r"(?<=[\w})]) - ", " + "),
    ("another sign", r"^-", ""),
    ("no learning rate", r"\\alpha_t |\\eta ", ""),
    ("eps inside of the root", r"\\sqrt\{([^}]*(?:\{[^}]*\}[^}]*)*)\} \+ \\varepsilon", r"\\sqrt{\1 + \\varepsilon}"),
    ("no eps", r" \+ (?:\\varepsilon|\\epsilon|\\bar\{\\varepsilon\})", ""),
    ("eps for eps_root", r"\\bar\{\\varepsilon\}", r"\\varepsilon"),
    ("eps outside of the root", r"\\sqrt\{v_t \+ \\epsilon\}", r"(\\sqrt{v_t} + \\epsilon)"),
    ("no square", r"\^2", ""),
    ("no root", r"\\sqrt\{", "{"),
    ("no weight", r"\(1 - \\(?:beta_\d|beta|gamma)\) ", ""),
    ("a weight for its rest", r"\(1 - (\\(?:beta_\d|beta|gamma))\) ", r"\1 "),
    ("a weight twice", r"(\\(?:mu|beta_\d|beta|gamma)) (?=[a-z])", r"\1^2 "),
    ("a sum for a maximum", r"\\max\((.*), (.*)\)$", r"\1 + \2"),
    ("no sign", r"\\text\{sign\}\((.*?)\)", r"\1"),
    ("the gradient for a mean", r"\\hat\{m\}_t|(?<![{}\w])m_t", "g_t"),
    ("no decay", r" \+ \\lambda \\theta_t", ""),
    ("twice", r"^(-?)", r"\g<1>2 "),
)
"""What is changed, the places, and what stands there instead."""


def twins(rule: Rule) -> Iterator[Rule]:
    """Yields every twin of a rule once."""
    seen = {rule.lines}
    for k, (left, right) in enumerate(rule.lines):
        for change, place, put in CHANGES:
            for found in re.finditer(place, right):
                new = right[: found.start()] + found.expand(put) + right[found.end() :]
                lines = (*rule.lines[:k], (left, new), *rule.lines[k + 1 :])
                if lines not in seen:
                    seen.add(lines)
                    yield replace(rule, lines=lines, change=f"{change} in the line of {left}")
    text = " ".join(right for _, right in rule.lines)
    for name in dict.fromkeys(re.findall(r"([a-z])_\{t-1\}", text)):
        for value in ("1", "-1/2"):
            if name != "g":
                yield replace(rule, start=f"{name}_0 = {value}", change="another start")


SPELLINGS = (
    ("adam", (M, V,
            ("u_t", r"-\alpha_t \frac{m_t}{1 - \beta_1^t} / (\sqrt{\frac{v_t}{1 - \beta_2^t} + \bar{\varepsilon}} + \varepsilon)"))),
    ("adam", (("m_t", r"m_{t-1} + (1 - \beta_1) (g_t - m_{t-1})"), V, HAT_M, HAT_V, STEP)),
    ("adam", (("m_t", r"\beta_1 m_{t-1} + g_t"), V, (r"\hat{m}_t", r"(1 - \beta_1) m_t / (1 - \beta_1^t)"), HAT_V, STEP)),
    ("adam", (("m_t", r"\beta_1 m_{t-1} - (1 - \beta_1) g_t"), V, HAT_M, HAT_V, (STEP[0], STEP[1].removeprefix("-")))),
    (
        "adam",
        ((r"\hat{m}_t", r"(\beta_1 (1 - \beta_1^{t-1}) \hat{m}_{t-1} + (1 - \beta_1) g_t) / (1 - \beta_1^t)"), V, HAT_V, STEP),
    ),
    ("adam", (M, ("v_t", r"\beta_2 v_{t-1} + g_t^2"), HAT_M, (r"\hat{v}_t", r"(1 - \beta_2) v_t / (1 - \beta_2^t)"), STEP)),
    ("adam", (STEP, HAT_V, HAT_M, V, M)),
    ("adam", (("m_{t+1}", r"\beta_1 m_t + (1 - \beta_1) g_t"), V, (r"\hat{m}_t", r"m_{t+1} / (1 - \beta_1^t)"), HAT_V, STEP)),
    ("adamw", (M, V, HAT_M, HAT_V, ("d_t", r"\hat{m}_t / (\sqrt{\hat{v}_t + \bar{\varepsilon}} + \varepsilon)"),
            ("u_t", r"-\alpha_t d_t - \alpha_t \lambda \theta_t"))),
    ("adamw", (M, V, HAT_M, HAT_V,
            (r"\theta_t", (
                r"(1 - \lambda \alpha_t) \theta_{t-1} - \alpha_t \hat{m}_t / "
                r"(\sqrt{\hat{v}_t + \bar{\varepsilon}} + \varepsilon)"
            )))),
    ("nadam", (M, V, ("n_t", r"\beta_1 m_t / (1 - \beta_1^{t+1})"),
            (r"\hat{m}_t", r"n_t + (1 - \beta_1) g_t / (1 - \beta_1^t)"), HAT_V, STEP)),
    ("adamax", (M, ("v_t", r"\max(\beta_2 v_{t-1}, \varepsilon + |g_t|)"), HAT_M,
            ("u_t", r"-\frac{\alpha_t}{1 - \beta_1^t} \cdot \frac{m_t}{v_t}"))),
    ("adamax", (M, ("v_t", r"\max(|g_t| + \varepsilon, \beta_2 v_{t-1})"), ("u_t", r"-\alpha_t m_t / ((1 - \beta_1^t) v_t)"))),
    ("adabelief", (M, ("d_t", "m_t - g_t"), ("s_t", r"\beta_2 s_{t-1} + (1 - \beta_2) d_t^2 + \bar{\varepsilon}"), HAT_M, HAT_S,
            ("u_t", r"-\alpha_t \hat{m}_t / (\sqrt{\hat{s}_t} + \varepsilon)"))),
    ("sgd", (("m_t", r"\alpha_t g_t + \mu m_{t-1}"), ("u_t", "-m_t"))),
    ("sgd", (("m_{t+1}", r"g_t + \mu m_t"), ("u_t", r"-\alpha_t m_{t+1}"))),
    ("sgd", (("m_t", r"\mu m_{t-1} - \alpha_t g_t"), ("u_t", "m_t"))),
    ("sgd", (("m_t", r"g_t + \mu m_{t-1}"), (r"\theta_{t+1}", r"\theta_t - \alpha_t m_t"))),
    ("sgd", (("m_t", r"\mu m_{t-1} + g_t"), ("u_t", r"-\alpha_t (\mu m_{t-1} + g_t)"))),
    ("lion", (("c_t", r"m_{t-1} + (1 - \beta_1) (g_t - m_{t-1})"),
            ("u_t", r"-\alpha_t (\text{sign}(c_t) + \lambda \theta_t)"),
            ("m_t", r"\beta_2 m_{t-1} + (1 - \beta_2) g_t"))),
    ("lion", (("u_t", r"-\alpha_t \text{sign}(\beta_1 m_{t-1} + (1 - \beta_1) g_t) - \alpha_t \lambda \theta_t"),
            ("m_t", r"\beta_2 m_{t-1} + (1 - \beta_2) g_t"))),
    ("signum", (("m_t", r"\beta m_{t-1} + (1 - \beta) g_t"), ("u_t", r"\alpha_t \text{sign}(-m_t)"))),
    ("sign_sgd", (("w_{t+1}", r"w_t - \alpha_t \text{sign}(g_t)"),)),
    ("rmsprop", (("v_t", r"v_{t-1} - (1 - \gamma) (v_{t-1} - g_t^2)"), ("u_t", r"-\eta g_t / \sqrt{v_t + \epsilon}"))),
    ("optimistic_gradient_descent", (("d_t", "g_t - g_{t-1}"), ("w_{t+1}", r"w_t - \eta (\alpha g_t + \beta d_t)"))),
)  # fmt: skip
"""Other spellings of right rules."""


def spellings() -> Iterator[Rule]:
    """Yields the other spellings of right rules."""
    for target, lines in SPELLINGS:
        plain = next(rule for rule in RULES if rule.target == target and len(rule.letters) > (1 if target == "sgd" else 0))
        yield replace(plain, lines=lines, change="another spelling")
