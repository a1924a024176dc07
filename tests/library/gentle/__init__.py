"""Losses, schedules and activations that do no harm."""
