"""What dbt gives to models, for sqlfluff's jinja (.sqlfluff): a function of dbt or of an adapter becomes a call of that name.

Nothing of what engines write differently belongs here: that is tests/test_portable_sql.py's, over what dbt really makes.
"""

from collections.abc import Callable


class _Calls:
    def __getattr__(self, name: str) -> Callable[..., str]:
        return lambda *arguments: f"{name}({', '.join(str(one) for one in arguments)})"


class _Dbt(_Calls):
    def type_string(self) -> str:
        return "varchar"


class _Adapter:
    def dispatch(self, name: str) -> Callable[..., str]:
        return getattr(_Calls(), name)


dbt = _Dbt()
adapter = _Adapter()
