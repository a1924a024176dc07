"""Equality of formulas over arrays of every length."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sympy as sp
from grown import Grower, mutants
from summed import World, a, c, close, domain, i, k, largest, m, mean, n, number_of, of_form, of_tree, p, total, where, x, z
from sums_pairs import PAIRS, Pair

from qedoc.sums.equality import compare, form
from qedoc.sums.terms import RefusedError

LONG = ({"n": 5, "m": 7, "d": 3}, {"n": 6, "m": 5, "d": 7}, {"n": 9, "m": 6, "d": 5}, {"n": 12, "m": 9, "d": 5})
SHORT = ({"n": 1, "m": 2, "d": 3}, {"n": 2, "m": 1, "d": 2}, {"n": 3, "m": 4, "d": 1}, {"n": 4, "m": 3, "d": 2})
NAMES = [one.name for one in PAIRS]


def worlds(sizes: Any, facts: dict[str, Any]) -> list[World]:
    fit = [{**size, "n": max(size["n"], facts.get("least", 1))} for size in sizes]
    return [World(seed, size, unit=facts.get("unit", "")) for seed, size in enumerate(fit)]


def differ(left: sp.Expr, right: sp.Expr, where_: list[World]) -> bool:
    values = [(number_of(lambda w=w: of_tree(left, w)), number_of(lambda w=w: of_tree(right, w))) for w in where_]
    return any(not close(*both) for both in values if None not in both)


@pytest.mark.parametrize("pair", PAIRS, ids=NAMES)
def test_right_spellings_are_equal_and_the_wrong_one_is_not(pair: Pair) -> None:
    facts = domain(**pair.facts)
    everywhere = worlds(SHORT + LONG, pair.facts)
    assert not differ(pair.left, pair.right, everywhere)
    assert differ(pair.left, pair.wrong, everywhere)
    assert compare(pair.left, pair.right, facts).equal
    assert not compare(pair.left, pair.wrong, facts).equal
    assert not compare(pair.right, pair.wrong, facts).equal


def test_there_are_enough_pairs() -> None:
    assert len(PAIRS) >= 60


def is_whole(tree: sp.Expr) -> bool:
    """Whether no index stands outside of its sum: SymPy moves cases out of sums whose index they contain."""
    known = {*"nmdijtabcsxzuvwpqgABC", "eps"}
    return {str(symbol) for symbol in tree.free_symbols if isinstance(symbol, sp.Symbol)} <= known


def first_terms_only(tree: sp.Expr) -> sp.Expr:
    """`x[:4]` in a sum."""
    sums = [part for part in sp.preorder_traversal(tree) if isinstance(part, sp.Sum)]
    body, *inner, (index, low, high) = sums[0].args
    return tree.xreplace({sums[0]: sp.Sum(where(index < low + 4, body), *inner, (index, low, high))})


def later_blocks_dropped(tree: sp.Expr) -> sp.Expr:
    """Blocks of 8: the terms after the first whole block are lost."""
    sums = [part for part in sp.preorder_traversal(tree) if isinstance(part, sp.Sum)]
    body, *inner, (index, low, high) = sums[-1].args
    return tree.xreplace({sums[-1]: sp.Sum(where(sp.Or(index < 4, n < 5), body), *inner, (index, low, high))})


def at_most_four(tree: sp.Expr) -> sp.Expr:
    """A mean that divides by 4 from n = 5 on."""
    return _outside(tree, sp.Min(n, 4))


def four_from_five_on(tree: sp.Expr) -> sp.Expr:
    """The same, written as cases."""
    return _outside(tree, where(n > 4, 4, n))


def _outside(tree: sp.Expr, length: sp.Expr) -> sp.Expr:
    """The tree with another length wherever it stands outside of the bounds of sums."""
    if tree == n:
        return length
    if not tree.args or isinstance(tree, sp.Indexed | sp.Tuple):
        return tree
    return tree.func(*(_outside(part, length) for part in tree.args))


TWINS: list[Callable[[sp.Expr], sp.Expr]] = [first_terms_only, later_blocks_dropped, at_most_four, four_from_five_on]


def test_twins_that_agree_at_lengths_up_to_four_are_not_equal() -> None:
    found = 0
    for pair in PAIRS:
        short, long = (worlds(sizes, pair.facts) for sizes in (({"n": 4, "m": 3, "d": 3}, {"n": 3, "m": 4, "d": 2}), LONG))
        for make in TWINS:
            try:
                twin = make(pair.left)
            except IndexError:  # no sum
                continue
            if not is_whole(twin) or differ(pair.left, twin, short) or not differ(pair.left, twin, long):
                continue
            found += 1
            assert not compare(twin, pair.right, domain(**pair.facts)).equal, (pair.name, make.__name__)
    assert found >= 100


@pytest.mark.parametrize("seed", range(8))
def test_canonical_form_has_the_numbers_of_the_tree(seed: int) -> None:
    """At lengths that exceed every constant of the trees, which are at most 3, and at short ones."""
    grower = Grower(seed)
    done = 0
    while done < 250:
        tree = grower.tree(grower.draw.choice([2, 3, 4, 4, 5]))
        if tree.has(sp.oo, sp.nan, sp.zoo, sp.I) or not is_whole(tree):
            continue
        done += 1
        try:
            made = form(tree, domain())
        except RefusedError:
            continue
        for size in ({"n": grower.draw.choice([5, 6, 7]), "m": 5, "d": 3}, {"n": 2, "m": 1, "d": 3}):
            world = World(grower.draw.randrange(10**6), size)
            expected = number_of(partial(of_tree, tree, world))
            if expected is None or abs(expected) > 1e12:
                continue
            assert close(expected, of_form(made, world)), (tree, size)


@pytest.mark.parametrize("part", range(4))
def test_machine_made_twins_are_not_equal(part: int) -> None:
    draw = random.Random(part)
    found = 0
    for pair in PAIRS[part::4]:
        everywhere = worlds(SHORT + LONG[:3], pair.facts)
        made = list(dict.fromkeys(mutants(pair.right)))
        for twin in draw.sample(made, min(len(made), 22)):
            if is_whole(twin) and differ(pair.left, twin, everywhere):
                found += 1
                assert not compare(pair.left, twin, domain(**pair.facts)).equal, (pair.name, twin)
    assert found >= 250


# What the rules need


def refused(tree: sp.Expr, **facts: Any) -> str:
    with pytest.raises(RefusedError) as caught:
        form(tree, domain(**facts))
    return str(caught.value)


def test_a_range_must_not_end_before_it_begins() -> None:
    assert "may end before it begins" in refused(total(x[k], (k, 3, n - 1)))
    assert form(total(x[k], (k, 3, n - 1)), domain(least=3))
    assert "may end before it begins" in refused(total(x[k], (k, n, m)))


def test_a_factor_leaves_a_maximum_only_if_it_is_not_negative() -> None:
    assert not compare(largest(c * x[k], (k, n)), c * largest(x[k], (k, n)), domain()).equal
    assert compare(largest(p[i] * x[k], (k, n)), p[i] * largest(x[k], (k, n)), domain()).equal


def test_a_maximum_needs_a_value() -> None:
    assert "may have no value" in refused(largest(x[k], (k, n)), least=0)


def test_a_zero_denominator_is_refused() -> None:
    assert "denominator" in refused(1 / total(x[k] - x[k], (k, n)))


def test_a_logarithm_is_split_only_where_signs_are_known() -> None:
    assert not compare(total(sp.log(x[k] * z[k], evaluate=False), (k, n)), total(sp.log(x[k]) + sp.log(z[k]), (k, n)), domain()).equal
    assert compare(total(sp.log(p[k] * x[k]), (k, n)), total(sp.log(p[k]) + sp.log(x[k]), (k, n)), domain()).equal


def test_the_root_of_a_square_is_the_absolute_value() -> None:
    assert compare(mean(sp.sqrt(x[k] ** 2)), mean(sp.Abs(x[k])), domain()).equal
    assert not compare(mean(sp.sqrt(x[k] ** 2)), mean(x[k]), domain()).equal


def test_a_denominator_that_is_zero_in_a_case_does_not_erase_the_case() -> None:
    """1/(y (y + 1)) is 1/y - 1/(y + 1) where both have a value, but the cases at y = 0 differ."""
    left = where(sp.Eq(c, 0), 5, 1 / (c * (c + 1)))
    right = where(sp.Eq(c, 0), 7, 1 / c - 1 / (c + 1))
    assert compare(left, where(sp.Eq(c, 0), 5, 1 / c - 1 / (c + 1)), domain()).equal
    assert not compare(left, right, domain()).equal


def test_a_guard_stays_with_the_value_that_it_guards() -> None:
    body = where(sp.Ne(x[k], 0), z[k] / x[k])
    assert compare(total(body, (k, n)), total(where(sp.Eq(x[k], 0), 0, z[k] / x[k]), (k, n)), domain()).equal
    assert not compare(total(body, (k, n)), total(z[k] / x[k] - where(sp.Eq(x[k], 0), 1), (k, n)), domain()).equal


def test_an_empty_sum_does_not_evaluate_its_terms() -> None:
    """For n = 0, the sum of n terms 1/n is 0 and not 1."""
    assert compare(total(1 / n, (k, n)), sp.Integer(1), domain()).equal
    assert not compare(total(1 / n, (k, n)), sp.Integer(1), domain(least=0)).equal


def test_a_variance_and_an_entry_below_the_largest_have_known_signs() -> None:
    variance = mean(x[k] ** 2) - mean(x[k]) ** 2
    assert compare(sp.Max(variance, 0), variance, domain()).equal
    assert compare(sp.Abs(x[i] - largest(x[k], (k, n))), largest(x[k], (k, n)) - x[i], domain()).equal
    assert not compare(sp.Max(mean(x[k] ** 2) - mean(x[k]), 0), mean(x[k] ** 2) - mean(x[k]), domain()).equal


def test_only_what_cauchy_and_schwarz_bound_is_a_correlation() -> None:
    xz, xx, zz = (total(one[k] * other[k], (k, n)) for one, other in ((x, z), (x, x), (z, z)))
    assert compare(sp.Min(1, xz / sp.sqrt(xx) / sp.sqrt(zz)), xz / sp.sqrt(xx) / sp.sqrt(zz), domain()).equal
    for value in (
        2 * xz / sp.sqrt(xx) / sp.sqrt(zz),
        xz / sp.sqrt(xx),
        xz / sp.sqrt(xx) / sp.sqrt(xx),
        xz * x[i] / sp.sqrt(xx) / sp.sqrt(zz),
        xz / sp.sqrt(xx - 1) / sp.sqrt(zz - 1),
        xz / sp.sqrt(xx) / sp.sqrt(total(z[k] ** 2, (k, m))),
        (xz - mean(x[k]) * mean(z[k])) / sp.sqrt(xx - mean(x[k]) ** 2) / sp.sqrt(zz - mean(z[k]) ** 2),
    ):
        assert not compare(sp.Min(1, value), value, domain()).equal, value


def test_a_root_of_a_product_is_split_only_where_no_factor_is_negative() -> None:
    squares = total(x[k] ** 2, (k, n)), total(z[k] ** 2, (k, n))
    assert compare(sp.sqrt(sp.Mul(*squares)), sp.Mul(*map(sp.sqrt, squares)), domain()).equal
    assert not compare(sp.sqrt(x[i] * z[i]), sp.sqrt(x[i]) * sp.sqrt(z[i]), domain()).equal


def test_large_formulas_are_refused_in_bounded_time() -> None:
    nested: sp.Expr = a
    for place in range(5):
        nested = where(x[place] > nested, sp.sqrt(1 + nested**2), nested * z[place])
    assert compare(total(nested * sp.exp(nested), (k, n)), sp.Integer(0), domain()).equal is False
