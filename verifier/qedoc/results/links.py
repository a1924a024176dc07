"""The addresses of the project. `[project.urls]` in pyproject.toml has the same."""

REPOSITORY = "https://github.com/qedoc/qedoc"
DOCUMENTATION = f"{REPOSITORY}/blob/main/docs"


def page(name: str) -> str:
    """Returns the address of a page of the documentation.

    Args:
        name: its file in docs/, with a heading if needed, such as `ci.md#configuration`.
    """
    return f"{DOCUMENTATION}/{name}"
