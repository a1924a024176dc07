"""Elementary and special functions, and long formulas."""

import jax
import jax.numpy as jnp
from jax import lax, scipy


def sigmoid_R(x):
    r"""sigmoid_R.

    .. math:: \frac{1}{1 + e^{-x}}
    """
    return jax.nn.sigmoid(x)


def sigmoid_W(x):
    r"""sigmoid_W.

    .. math:: \frac{1}{1 + e^{x}}
    """
    return jax.nn.sigmoid(x)


def swish_R(x):
    r"""swish_R.

    .. math:: \frac{x}{1 + e^{-x}}
    """
    return jax.nn.silu(x)


def swish_W(x):
    r"""swish_W.

    .. math:: \frac{x}{1 - e^{-x}}
    """
    return jax.nn.silu(x)


def gelu_R(x):
    r"""gelu_R.

    .. math:: \frac{x}{2} \left(1 + \operatorname{erf}\left(\frac{x}{\sqrt{2}}\right)\right)
    """
    return jax.nn.gelu(x, approximate=False)


def gelu_W(x):
    r"""gelu_W.

    .. math:: \frac{x}{2} \left(1 + \operatorname{erf}(x)\right)
    """
    return jax.nn.gelu(x, approximate=False)


def gelu_tanh_R(x):
    r"""gelu_tanh_R.

    .. math:: \frac{x}{2} \left(1 + \tanh\left(\sqrt{\frac{2}{\pi}} (x + 0.044715 x^3)\right)\right)
    """
    return jax.nn.gelu(x, approximate=True)


def gelu_tanh_W(x):
    r"""gelu_tanh_W.

    .. math:: \frac{x}{2} \left(1 + \tanh\left(\sqrt{\frac{2}{\pi}} (x + 0.04715 x^3)\right)\right)
    """
    return jax.nn.gelu(x, approximate=True)


def softplus_R(x):
    r"""softplus_R.

    .. math:: \log(1 + e^x)
    """
    return jax.nn.softplus(x)


def softplus_W(x):
    r"""softplus_W.

    .. math:: \log(1 + e^{-x})
    """
    return jax.nn.softplus(x)


def mish_R(x):
    r"""mish_R.

    .. math:: x \tanh(\log(1 + e^x))
    """
    return x * jnp.tanh(jax.nn.softplus(x))


def mish_W(x):
    r"""mish_W.

    .. math:: \tanh(x \log(1 + e^x))
    """
    return x * jnp.tanh(jax.nn.softplus(x))


def soft_sign_R(x):
    r"""soft_sign_R.

    .. math:: \frac{x}{1 + |x|}
    """
    return jax.nn.soft_sign(x)


def soft_sign_W(x):
    r"""soft_sign_W.

    .. math:: \frac{x}{\sqrt{1 + x^2}}
    """
    return jax.nn.soft_sign(x)


def selu_R(x):
    r"""selu_R.

    .. math:: \begin{cases} x & x > 0 \\ 1.5 (e^x - 1) & x \le 0 \end{cases}
    """
    return jax.nn.elu(x, 1.5)


def selu_W(x):
    r"""selu_W.

    .. math:: \begin{cases} x & x > 0 \\ 1.5 e^x - 1 & x \le 0 \end{cases}
    """
    return jax.nn.elu(x, 1.5)


def double_angle_R(x):
    r"""double_angle_R.

    .. math:: \sin(2 x)
    """
    return 2 * jnp.sin(x) * jnp.cos(x)


def double_angle_W(x):
    r"""double_angle_W.

    .. math:: 2 \sin(2 x)
    """
    return 2 * jnp.sin(x) * jnp.cos(x)


def pythagoras_R(x):
    r"""pythagoras_R.

    .. math:: 1 + x
    """
    return jnp.sin(x) ** 2 + jnp.cos(x) ** 2 + x


def pythagoras_W(x):
    r"""pythagoras_W.

    .. math:: 2 + x
    """
    return jnp.sin(x) ** 2 + jnp.cos(x) ** 2 + x


def cosine_square_R(x):
    r"""cosine_square_R.

    .. math:: \frac{1 + \cos(2 x)}{2}
    """
    return jnp.cos(x) ** 2


def cosine_square_W(x):
    r"""cosine_square_W.

    .. math:: \frac{1 - \cos(2 x)}{2}
    """
    return jnp.cos(x) ** 2


def cosh_definition_R(x):
    r"""cosh_definition_R.

    .. math:: \frac{e^x + e^{-x}}{2}
    """
    return jnp.cosh(x)


def cosh_definition_W(x):
    r"""cosh_definition_W.

    .. math:: \frac{e^x - e^{-x}}{2}
    """
    return jnp.cosh(x)


def tanh_definition_R(x):
    r"""tanh_definition_R.

    .. math:: \frac{e^{2 x} - 1}{e^{2 x} + 1}
    """
    return jnp.tanh(x)


def tanh_definition_W(x):
    r"""tanh_definition_W.

    .. math:: \frac{e^{x} - 1}{e^{x} + 1}
    """
    return jnp.tanh(x)


def asinh_R(x):
    r"""asinh_R.

    .. math:: \log\left(x + \sqrt{x^2 + 1}\right)
    """
    return jnp.arcsinh(x)


def asinh_W(x):
    r"""asinh_W.

    .. math:: \log\left(x + \sqrt{x^2 - 1}\right)
    """
    return jnp.arcsinh(x)


def atanh_R(x):
    r"""atanh_R.

    .. math:: \frac{1}{2} \log \frac{1 + x}{1 - x}

    for :math:`-1 < x < 1`.
    """
    return jnp.arctanh(x)


def atanh_W(x):
    r"""atanh_W.

    .. math:: \log \frac{1 + x}{1 - x}

    for :math:`-1 < x < 1`.
    """
    return jnp.arctanh(x)


def arctangent_R(x):
    r"""arctangent_R.

    .. math:: \arctan x
    """
    return jnp.arctan(x)


def arctangent_W(x):
    r"""arctangent_W.

    .. math:: \tan x
    """
    return jnp.arctan(x)


def erfc_R(x):
    r"""erfc_R.

    .. math:: 1 - \operatorname{erf}(x)
    """
    return jax.lax.erfc(x)


def erfc_W(x):
    r"""erfc_W.

    .. math:: 1 + \operatorname{erf}(x)
    """
    return jax.lax.erfc(x)


def log_base_two_R(x):
    r"""log_base_two_R.

    .. math:: \frac{\log x}{\log 2}
    """
    return jnp.log2(x)


def log_base_two_W(x):
    r"""log_base_two_W.

    .. math:: \log x
    """
    return jnp.log2(x)


def log_base_ten_R(x):
    r"""log_base_ten_R.

    .. math:: \log_{10} x
    """
    return jnp.log10(x)


def log_base_ten_W(x):
    r"""log_base_ten_W.

    .. math:: \log_2 x
    """
    return jnp.log10(x)


def hypotenuse_R(x, y):
    r"""hypotenuse_R.

    .. math:: \sqrt{x^2 + y^2}
    """
    return jnp.hypot(x, y)


def hypotenuse_W(x, y):
    r"""hypotenuse_W.

    .. math:: |x| + |y|
    """
    return jnp.hypot(x, y)


def logit_difference_R(x, y):
    r"""logit_difference_R.

    .. math:: \frac{e^x}{e^x + e^y}
    """
    return jax.nn.sigmoid(x - y)


def logit_difference_W(x, y):
    r"""logit_difference_W.

    .. math:: \frac{e^y}{e^x + e^y}
    """
    return jax.nn.sigmoid(x - y)


def log_gamma_R(x):
    r"""log_gamma_R.

    .. math:: \log x

    for :math:`x > 0`.
    """
    return scipy.special.gammaln(x + 1) - scipy.special.gammaln(x)


def log_gamma_W(x):
    r"""log_gamma_W.

    .. math:: \log(x + 1)

    for :math:`x > 0`.
    """
    return scipy.special.gammaln(x + 1) - scipy.special.gammaln(x)


def gamma_function_R(x):
    r"""gamma_function_R.

    .. math:: \Gamma(x)

    for :math:`x > 0`.
    """
    return jnp.exp(scipy.special.gammaln(x))


def gamma_function_W(x):
    r"""gamma_function_W.

    .. math:: \Gamma(x + 1)

    for :math:`x > 0`.
    """
    return jnp.exp(scipy.special.gammaln(x))


def normal_density_R(x):
    r"""normal_density_R.

    .. math:: \frac{1}{\sqrt{2 \pi}} e^{-x^2 / 2}
    """
    return scipy.stats.norm.pdf(x)


def normal_density_W(x):
    r"""normal_density_W.

    .. math:: \frac{1}{2 \pi} e^{-x^2 / 2}
    """
    return scipy.stats.norm.pdf(x)


def normal_log_density_R(x):
    r"""normal_log_density_R.

    .. math:: -\frac{x^2}{2} - \frac{1}{2} \log(2 \pi)
    """
    return scipy.stats.norm.logpdf(x)


def normal_log_density_W(x):
    r"""normal_log_density_W.

    .. math:: -\frac{x^2}{2} - \log(2 \pi)
    """
    return scipy.stats.norm.logpdf(x)


def normal_distribution_R(x):
    r"""normal_distribution_R.

    .. math:: \frac{1}{2} \left(1 + \operatorname{erf}\left(\frac{x}{\sqrt{2}}\right)\right)
    """
    return scipy.stats.norm.cdf(x)


def normal_distribution_W(x):
    r"""normal_distribution_W.

    .. math:: \frac{1}{2} \operatorname{erf}\left(\frac{x}{\sqrt{2}}\right)
    """
    return scipy.stats.norm.cdf(x)


def horner_R(x):
    r"""horner_R.

    .. math:: 2 x^5 - 3 x^4 + 4 x^3 - 5 x^2 + 6 x - 7
    """
    return ((((2 * x - 3) * x + 4) * x - 5) * x + 6) * x - 7


def horner_W(x):
    r"""horner_W.

    .. math:: 2 x^5 - 3 x^4 + 4 x^3 + 5 x^2 + 6 x - 7
    """
    return ((((2 * x - 3) * x + 4) * x - 5) * x + 6) * x - 7


def binomial_six_R(x, y):
    r"""binomial_six_R.

    .. math:: x^6 + 6 x^5 y + 15 x^4 y^2 + 20 x^3 y^3 + 15 x^2 y^4 + 6 x y^5 + y^6
    """
    return (x + y) ** 6


def binomial_six_W(x, y):
    r"""binomial_six_W.

    .. math:: x^6 + 6 x^5 y + 15 x^4 y^2 + 21 x^3 y^3 + 15 x^2 y^4 + 6 x y^5 + y^6
    """
    return (x + y) ** 6


def rational_long_R(x):
    r"""rational_long_R.

    .. math:: \frac{(1 + x^2)^2 + x (1 + x^2) + x^2}{(1 + x^2)^3}
    """
    return 1 / (1 + x**2) + x / (1 + x**2) ** 2 + x**2 / (1 + x**2) ** 3


def rational_long_W(x):
    r"""rational_long_W.

    .. math:: \frac{(1 + x^2)^2 + x (1 + x^2) - x^2}{(1 + x^2)^3}
    """
    return 1 / (1 + x**2) + x / (1 + x**2) ** 2 + x**2 / (1 + x**2) ** 3


def trigonometric_long_R(x):
    r"""trigonometric_long_R.

    .. math:: \cos x + \cos(3 x)
    """
    return jnp.cos(x) * jnp.cos(2 * x) + jnp.sin(x) * jnp.sin(2 * x) + jnp.cos(3 * x)


def trigonometric_long_W(x):
    r"""trigonometric_long_W.

    .. math:: \cos x - \cos(3 x)
    """
    return jnp.cos(x) * jnp.cos(2 * x) + jnp.sin(x) * jnp.sin(2 * x) + jnp.cos(3 * x)


def welsch_R(x, c):
    r"""welsch_R.

    .. math:: 1 - e^{-\frac{x^2}{2 c^2}}
    """
    return 1 - jnp.exp(-0.5 * (x / c) ** 2)


def welsch_W(x, c):
    r"""welsch_W.

    .. math:: 1 - e^{-\frac{x^2}{c^2}}
    """
    return 1 - jnp.exp(-0.5 * (x / c) ** 2)


def cauchy_loss_R(x, c):
    r"""cauchy_loss_R.

    .. math:: \log\left(\frac{1}{2} \left(\frac{x}{c}\right)^2 + 1\right)
    """
    return jnp.log1p(0.5 * (x / c) ** 2)


def cauchy_loss_W(x, c):
    r"""cauchy_loss_W.

    .. math:: \log\left(\frac{1}{2} \frac{x}{c} + 1\right)
    """
    return jnp.log1p(0.5 * (x / c) ** 2)


def barron_R(x, a):
    r"""barron_R.

    .. math:: \frac{|a - 2|}{a} \left(\left(\frac{x^2}{|a - 2|} + 1\right)^{a/2} - 1\right)
    """
    return jnp.abs(a - 2) / a * (((x**2) / jnp.abs(a - 2) + 1) ** (a / 2) - 1)


def barron_W(x, a):
    r"""barron_W.

    .. math:: \frac{|a - 2|}{a} \left(\left(\frac{x^2}{|a - 2|} + 1\right)^{a} - 1\right)
    """
    return jnp.abs(a - 2) / a * (((x**2) / jnp.abs(a - 2) + 1) ** (a / 2) - 1)
