"""Corrections of refuted formulas: small edits of what the author wrote, each of which is read, bound and judged as any formula."""
