"""Letters that only transposes and traces tell to be matrices and vectors."""

import pytest

from qedoc.read import Names, Reading, Unreadable, read

KNOWN = Names(functions=frozenset({"f"}), parameters=("x", "y", "A", "B", "P", "X", "w", "s", "U", "V", "d"))


def readings(latex: str, names: Names = KNOWN) -> list[str]:
    """All readings of a formula of one equation, the most usual first."""
    found = read(latex, names)
    assert isinstance(found, Reading), str(found)
    return [str(one.equations[0]) for one in (found, *found.others)]


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"x^\top A x", "Sum(x[i]*Sum(x[j]*A[i, j], (j, 1, n_j)), (i, 1, n_i))"),
        (r"\mathbf{x}^\top \mathbf{A} \mathbf{x}", "Sum(x[i]*Sum(x[j]*A[i, j], (j, 1, n_j)), (i, 1, n_i))"),
        (r"w^\top \Sigma w", "Sum(w[i]*Sum(w[j]*Sigma[i, j], (j, 1, n_j)), (i, 1, n_i))"),
        (r"P A P^\top", "[i, j] = Sum(P[i, k]*Sum(A[k, l]*P[j, l], (l, 1, n_l)), (k, 1, n_k))"),
        (r"\sigma^2 I + U U^\top", "[i, j] = sigma**2*KroneckerDelta(i, j) + Sum(U[i, k]*U[j, k], (k, 1, n_k))"),
        (r"U \operatorname{diag}(s) V^\top", "[j, k] = Sum(U[j, l]*Sum(s[l]*V[k, m]*KroneckerDelta(l, m), (m, 1, n_m)), (l, 1, n_l))"),
        (r"\operatorname{tr}(A)", "Sum(A[i, i], (i, 1, n_i))"),
        (r"\frac12 \operatorname{tr}(A^\top B + A)", "Sum(A[i, i] + Sum(A[j, i]*B[j, i], (j, 1, n_j)), (i, 1, n_i))/2"),
        (
            r"\log|\Sigma| + (x - \mu)^\top \Sigma^{-1} (x - \mu)",
            (
                "Sum((-mu[i] + x[i])*Sum((-mu[j] + x[j])*InverseEntry(Sigma, i, j, n_Sigma), (j, 1, n_j)), (i, 1, n_i))"
                " + log(DeterminantOf(Sigma, n_Sigma))"
            ),
        ),
    ],
)
def test_the_products_tell_the_kinds(latex: str, value: str) -> None:
    assert readings(latex)[0] == value


def test_other_kinds_that_fit_are_readings_too() -> None:
    vector, number = readings(r"A^\top s")
    assert vector == "[i] = Sum(s[j]*A[j, i], (j, 1, n_j))"
    assert number == "[i, j] = s*A[j, i]"


def test_data_may_be_stored_with_its_rows_in_either_order() -> None:
    one, other = readings(r"X^\top X")
    assert one == "[i, j] = Sum(X[k, i]*X[k, j], (k, 1, n_k))"
    assert other == "[i, j] = Sum(X[i, k]*X[j, k], (k, 1, n_k))"
    assert len(readings(r"P^\top P")) == 1


def test_what_the_text_says_counts() -> None:
    told = Names(functions=frozenset({"f"}), parameters=("a", "A", "x"), legend={"a": "the number of rows"})
    assert readings(r"A^\top a", told) == ["[i, j] = a*A[j, i]"]


@pytest.mark.parametrize(
    "latex",
    [
        r"(X^\top X)^{-1} y",
        r"A^\top A + x^\top x",
        r"T A T^T",
        r"\sum_i x_i^\top x_i",
        r"\exp(A^\top A)",
        r"x^\top A",
        r"A^{\top 2} x",
        r"(A^\top",
        r"A^\top w, \quad w = x + y",
    ],
)
def test_what_has_no_fitting_kinds_is_refused(latex: str) -> None:
    assert isinstance(read(latex, KNOWN), Unreadable)


def test_an_equation_to_solve_states_no_value() -> None:
    assert not isinstance(read(r"A^\top A x = A^\top y", KNOWN), Reading)
