"""Parts of templates that are rendered once for each language."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.urls import reverse
from django.utils.translation import override

PART = """{% load constant i18n static %}{% constant %}<a href="{% url "desk" %}">{% translate "Look up" %}</a>
{% endconstant %}"""


def test_it_is_rendered_once_for_each_language(monkeypatch):
    part = Template(PART)
    with override("en"):
        english = part.render(Context())
    with override("de"):
        german = part.render(Context())
    monkeypatch.setattr("django.templatetags.i18n.TranslateNode.render", lambda *_arguments: "again")

    assert english == f'<a href="{reverse("desk")}">Look up</a>\n'
    assert german != english
    with override("en"):
        assert part.render(Context()) == english
    with override("de"):
        assert part.render(Context()) == german


@pytest.mark.parametrize(
    "varying", ["{{ user }}", "{% csrf_token %}", "{% if user %}x{% endif %}", '{% include "_messages.html" %}',
                "{% blocktranslate %}x{% endblocktranslate %}"],
)  # fmt: skip
def test_what_may_differ_from_request_to_request_is_refused(varying):
    with pytest.raises(TemplateSyntaxError):
        Template("{% load constant i18n %}{% constant %}" + varying + "{% endconstant %}")


@pytest.mark.parametrize("constant", ["{% translate word %}", "{% url name %}", "{% static file %}"])
def test_no_value_of_the_context_gets_into_it(constant):
    with pytest.raises(TemplateSyntaxError):
        Template("{% load constant i18n static %}{% constant %}" + constant + "{% endconstant %}")
