"""Mail templates: what they say in each language, and how that looks."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.view import view_config

from endi_like.forms.choices import Search
from endi_like.forms.core import SAVE, Form, Press, ValidationFailure
from endi_like.forms.mail import WordingSchema
from endi_like.forms.people import LANGUAGE_NAMES
from endi_like.i18n import LANGUAGES, _
from endi_like.permissions import Permission
from endi_like.resources.mail import WordingResource, Wordings
from endi_like.services import choices
from endi_like.services.mail import mailings, wordings
from endi_like.services.mail.catalog import TEMPLATES
from endi_like.services.mail.templates import Wording
from endi_like.services.once import new_key
from endi_like.views import once
from endi_like.views.actions import finished, sent, text
from endi_like.views.forms import form_view
from endi_like.views.items import ItemForm
from endi_like.workflow.errors import Refused, Stale

PREVIEW = Press("preview", _("Preview"), "eye")


@view_config(
    context=Wordings,
    request_method="GET",
    permission=Permission.LIST,
    renderer="endi_like:templates/mail/wordings.jinja2",
)
def template_list(context: Wordings, request: Any) -> dict[str, Any]:
    """List the templates, each with its languages."""
    own = wordings.changed(request.db)
    return {
        "base": request.resource_path(context),
        "languages": [(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
        "templates": list(TEMPLATES.values()),
        "own": own,
    }


@view_config(
    context=Wordings,
    request_method="GET",
    permission=Permission.LIST,
    renderer="json",
    wants_json=True,
)
def template_list_json(context: Wordings, request: Any) -> dict[str, Any]:
    """Answer the same as JSON."""
    own = wordings.changed(request.db)
    base, say = request.resource_path(context), request.translate
    rows = [
        {
            "template": template.key,
            "label": say(template.label),
            "language": language,
            "changed": (template.key, language) in own,
            "url": f"{base}{template.key}-{language}/",
        }
        for template in TEMPLATES.values()
        for language in LANGUAGES
    ]
    return {"rows": rows, "count": len(rows)}


@view_config(context=WordingResource, request_method="GET", permission=Permission.VIEW)
def to_form(context: WordingResource, request: Any) -> Any:
    """Go on to the form: whoever may look may also write."""
    return HTTPSeeOther(f"{request.resource_path(context)}edit")


@view_config(
    context=WordingResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def wording_json(context: WordingResource, request: Any) -> dict[str, Any]:
    """Answer what the template says, and the keys it knows."""
    words, say = wordings.present(context.node), request.translate
    keys = {key.written: say(key.label) for key in context.template.keys}
    return {
        "url": request.resource_path(context),
        "version": context.version,
        "changed": context.node.subject is not None,
        **words._asdict(),
        "keys": keys,
    }


@form_view(
    context=WordingResource,
    name="edit",
    permission=Permission.EDIT,
    renderer="endi_like:templates/mail/wording_form.jinja2",
)
class EditWording(ItemForm):
    """Write what a template says in one language; look at it before saving."""

    schema = WordingSchema

    @property
    def title(self) -> Any:
        """Return what the template is called, in the language of the reader."""
        language = LANGUAGE_NAMES[self.context.node.language]
        label = self.request.translate(self.context.template.label)
        return f"{label} · {language}"

    def bindings(self) -> dict[str, Any]:
        """Name the template, and where its records are found."""
        template = self.context.template
        return {"template": template, "found": template.about and self.search()}

    def search(self) -> Search | None:
        """Return the search among the records the user may view, if they may any."""
        about, identity = self.context.template.about, self.request.identity
        self.records = self.context.__parent__.__parent__[about]
        if Permission.VIEW not in self.records.held(identity):
            return None
        model, db = self.records.item_class.model, self.request.db
        scope = wordings.of_use(model, self.records.scope(identity))

        def label(key: int) -> str | None:
            return choices.title(db, model, key, [scope])

        url = f"{self.request.resource_path(self.records)}find"
        return Search(url, label, lambda: wordings.likely(db, model, scope))

    def buttons(self) -> Any:
        """Offer to look first."""
        return (PREVIEW, SAVE)

    def appstruct(self) -> dict[str, Any]:
        """Open with what is said now."""
        return {**wordings.present(self.context.node)._asdict(), "record": None}

    def submit(self) -> Any:
        """Show how it looks, or save it."""
        if self.field("action") != PREVIEW.name or self.request.wants_json:
            return super().submit()
        allowed = self.request.has_permission(self.permission, self.context)
        if not allowed:
            raise HTTPForbidden(result=allowed)
        form = self.form()
        try:
            data = self.posted(form)
        except ValidationFailure as failure:
            return self.unprocessable(form, failure.error)
        return self.page(form, preview=self.preview(data))

    def preview(self, data: dict[str, Any]) -> Wording:
        """Return what the words come to: of a record, or of examples."""
        node, key = self.context.node, data.get("record")
        record = self.records[str(key)].node if key else None
        return wordings.tried(
            self.request.db,
            self.context.template,
            Wording(data["subject"], data["text"]),
            node.language,
            record,
        )

    def page(self, form: Form, **values: Any) -> dict[str, Any]:
        """Show the keys beside the form, and how it looks below."""
        context, path = self.context, self.request.resource_path
        shown = {
            "template": context.template,
            "language": context.node.language,
            "changed": context.node.subject is not None,
            "version": context.version,
            "base": path(context),
            "list_url": path(context.__parent__),
            "readers": mailings.how_many(self.request.db, context.template),
            "once": new_key(),
            "preview": self.preview(self.appstruct()),
            **values,
        }
        return super().page(form, **shown)

    def change(self, item: Any, data: dict[str, Any]) -> None:
        """Write the words."""
        wordings.save(self.request.db, item, Wording(data["subject"], data["text"]))


def expect_version(context: WordingResource, request: Any) -> None:
    """Raise ``Stale`` unless this is the version the administrator has seen."""
    if text(sent(request), "version") != str(context.version):
        raise Stale


@view_config(
    context=WordingResource,
    name="original",
    request_method="POST",
    permission=Permission.EDIT,
)
def original(context: WordingResource, request: Any) -> Any:
    """Have the template speak with its own words again."""
    expect_version(context, request)
    wordings.save(request.db, context.node, None)
    return finished(request, context, _("The original text is back."))


@view_config(
    context=WordingResource,
    name="test",
    request_method="POST",
    permission=Permission.EDIT,
)
def send_test(context: WordingResource, request: Any) -> Any:
    """Send the mail to whoever asks, with examples in the place of the keys."""
    mail_id = wordings.send_test(
        request.db,
        context.template,
        context.node.language,
        user_id=request.identity.user_id,
        at=request.registry["clock"](),
    )
    if mail_id is None:
        raise Refused(_("Your account has no e-mail address: add one first."))
    mail = context.__parent__.__parent__["mails"][str(mail_id)]
    return finished(request, mail, _("It is on its way to you."))


@view_config(
    context=WordingResource,
    name="send-to-all",
    request_method="POST",
    permission=Permission.EDIT,
)
def send_to_all(context: WordingResource, request: Any) -> Any:
    """Write to everybody the template is for, once for each page it is asked on."""
    if not context.template.audience:
        raise Refused(_("This is not for many at once."))
    key = once.key_of(request)
    if key is None:
        raise Stale
    mailings.begin(request.db, context.template.key, key, request.registry["clock"]())
    request.flash(_("The mails are being written; they leave one after the other."))
    mails = context.__parent__.__parent__["mails"]
    query = {"template": context.template.key}
    return HTTPSeeOther(request.resource_url(mails, query=query))
