"""Refusals: how a rule says no."""


class Refusal(Exception):
    """A rule says no, with a stable code and the values that its sentence needs.

    Callers branch on ``code`` (docs/surface.md lists the codes of the HTTP API). ``parameters`` fill the sentence that
    ``licences.wording`` has for the code. ``field`` names the input at fault, if it is one, so that a form can show the
    sentence there.
    """

    def __init__(self, code: str, *, field: str | None = None, **parameters: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.parameters = parameters

    def __str__(self) -> str:
        if not self.parameters:
            return self.code
        shown = ", ".join(f"{name}={value!r}" for name, value in self.parameters.items())
        return f"{self.code} ({shown})"
