"""What the domain says when it will not do something."""


class Refusal(Exception):
    """A refusal with a stable code and the values its sentence needs.

    ``code`` is what callers branch on (surface.md names those the HTTP API shows);
    ``parameters`` fill the sentence that ``licences.wording`` holds for that code.
    ``field`` names the input it is about, where there is one, so that a form can show it there.
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
