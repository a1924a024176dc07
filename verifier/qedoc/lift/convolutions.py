"""The rule of convolutions of arrays of any length."""

import sympy as sp

from qedoc.algebra.conditions import either, relate
from qedoc.lift.fields import Field, FieldStep, Places, numeric, over


def convolution(step: FieldStep) -> list[Field]:
    """conv_general_dilated: sums of products over a window. What lies outside of the array counts as 0.

    Raises:
        UnsupportedError: for a dilated array, for groups, and if entries are cut off.
    """
    array, window = step.operands
    params, numbers = step.params, step.params["dimension_numbers"]
    ends = [tuple(map(step.dimension, pair)) for pair in params["padding"]]
    if params["feature_group_count"] != 1 or params["batch_group_count"] != 1 or any(one != 1 for one in params["lhs_dilation"]):
        raise step.refuse("a convolution with groups or of a dilated array has no rule")
    if any(end.is_negative for pair in ends for end in pair):
        raise step.refuse("a convolution that cuts off entries has no rule")
    batch, channel, *axes = numbers.lhs_spec
    out_channel, in_channel, *window_axes = numbers.rhs_spec
    lengths = [window.shape[axis] for axis in (in_channel, *window_axes)]

    def at(places: Places) -> sp.Expr:
        first, feature, *spots = (places[axis] for axis in numbers.out_spec)

        def term(inner: Places) -> sp.Expr:
            source, *offsets = inner
            read = {batch: first, channel: source}
            inside = []
            moves = zip(axes, spots, offsets, ends, params["window_strides"], params["rhs_dilation"], strict=True)
            for axis, spot, offset, (low, _), stride, dilation in moves:
                read[axis] = spot * stride + offset * dilation - low
                inside += [relate("ge", read[axis], sp.S.Zero), relate("lt", read[axis], array.shape[axis])]
            weight = dict(zip((out_channel, in_channel, *window_axes), (feature, source, *offsets), strict=True))
            value = numeric(array.at(tuple(read[axis] for axis in sorted(read))))
            return either(sp.And(*inside), value, sp.S.Zero) * numeric(window.at(tuple(weight[axis] for axis in sorted(weight))))

        return over(sp.Sum, term, lengths)

    return [Field(step.shapes[0], at)]
