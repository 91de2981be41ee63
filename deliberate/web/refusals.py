"""Refusals in the reader's language: the core says them in English, marked with codes; pages say them here.

In English the core's own sentence stands, which names things exactly. In other languages the code's sentence is
said, with what the refusal's `detail` holds; one that has no translation yet stays in English.
"""

from typing import Final

import flask_babel

from deliberate.errors import DeliberateError


def N_(msgid: str) -> str:  # noqa: N802 - the name by which catalogues know it
    """Mark a msgid for the catalogue without saying it."""
    return msgid


REFUSALS: Final = {
    # links and sessions
    "link_unknown": N_(
        "This link is not known here. Check that it was copied whole, or ask the secretary for a new one."
    ),
    "link_used": N_(
        "This link has been used. If it was you, you are signed in on the device where you used it. "
        "Otherwise ask the secretary for a new one."
    ),
    "link_revoked": N_("This link was revoked. Ask the secretary for a new one."),
    "link_expired": N_("This link has expired. Ask the secretary for a new one."),
    "invitation_used": N_("This link has been used. Ask the secretary for a new one."),
    "invitation_revoked": N_("This link was revoked. Ask the secretary for a new one."),
    "invitation_expired": N_("This link has expired. Ask the secretary for a new one."),
    "too_many_links": N_("Too many links from here led nowhere. Wait a minute and try again."),
    "signed_out": N_("Sign in with your link before sending anything."),
    "csrf": N_("This form is older than your sign-in. Load the page again; what you typed is still there."),
    "second_seat": N_("You already act for another seat here."),
    "seat_beside_office": N_("Nobody holds an office beside a seat in the same deliberation."),
    "forbidden": N_("You may not do this in this deliberation."),
    "members_only": N_("The positions of this deliberation are for its members."),
    "table_only": N_(
        "This page is for the chair, facilitators and the secretary. Open the link that you were given for it."
    ),
    "invite_only": N_("Only the chair and the secretary make links."),
    "revise_only": N_("Only the chair and facilitators revise the text."),
    # what is not there
    "unknown_deliberation": N_("There is no such deliberation."),
    "unknown_clause": N_("There is no such paragraph in this text."),
    "unknown_seat": N_("There is no such seat in this deliberation."),
    "unknown_bloc": N_("There is no such bloc in this deliberation."),
    "unknown_text": N_("There is no such text in this deliberation."),
    "no_clause": N_("There is no paragraph in this text yet."),
    "no_report": N_("The first report is not ready yet; it takes a second."),
    "no_position": N_("No position of this seat is recorded on this paragraph."),
    "no_alignment": N_("This seat is not aligned with anybody on this paragraph."),
    "no_objection": N_("This seat has no objection on this paragraph."),
    "redacted": N_("This text was redacted."),
    "unknown_round": N_("There is no such round."),
    "unknown_group": N_("There is no such group in this deliberation."),
    "unknown_invitation": N_("There is no such link. Load the page again."),
    "unknown_holder": N_("This person does not act here any more. Load the page again."),
    "not_convened": N_("This deliberation has not been convened yet."),
    "unknown_format": N_("There is no file of this format."),
    "not_ready": N_("This file is not finished yet. Ask for it again in a moment."),
    "not_made": N_("This file could not be made. Tell the secretary."),
    # what was written
    "missing": N_("Something that is needed is missing."),
    "too_long": N_("A text is too long. Shorten it."),
    "bad_characters": N_(
        "A text holds a control character, or one that shows text in another order than it is written. Remove it."
    ),
    "unknown_stance": N_("There is no such stance."),
    "does_not_fit": N_("Something was sent that does not go with this stance."),
    "both": N_("Say what would help, or that nothing would; not both."),
    "empty": N_("Nothing was written where something is needed."),
    "reason_missing": N_("Say the reason in a sentence; it stands in the record."),
    "bad_moment": N_("This is not a date and time."),
    "deadline_past": N_("The deadline must lie in the future."),
    "languages": N_("The languages do not fit this text."),
    "no_original": N_("The wording in the original language is missing."),
    # positions
    "other_seat": N_("A delegation speaks for its own seat."),
    "superseded": N_(
        "The paragraph is now Rev.%(current)s; this was for Rev.%(given)s. "
        "Read the current text and state the position on it."
    ),
    "round_closed": N_("No round is open; positions are taken in an open round."),
    "round_open": N_("A round is still open; close it first."),
    "adopted": N_("This paragraph has been adopted; positions on it are closed."),
    "record_only": N_("This is a record of votes or positions taken elsewhere; none are taken here."),
    "not_negotiable": N_("No positions are taken on this part of the text."),
    "moved": N_(
        "A colleague changed this meanwhile. Look at it, then state the position again if it should be replaced."
    ),
    "already_current": N_("This position already is on the current revision."),
    "align_with": N_("A member aligns itself with a statement of another member on the current text."),
    "no_mandate": N_(
        "No member has given this seat a mandate to speak for it. Each member records its own mandate."
    ),
    "not_in_bloc": N_("Both seats must belong to the bloc."),
    "own_mandate": N_("A seat speaks for itself without a mandate."),
    "observer": N_("This is for members."),
    # revisions, the question and decisions
    "in_challenge_window": N_(
        "The last change of this paragraph may still be challenged; no decision is taken on it before."
    ),
    "window_over": N_("The window in which this change could be challenged is over."),
    "question_open": N_("The question is put; declare or withdraw it first."),
    "question_closed": N_("The question was already answered or withdrawn."),
    "unknown_question": N_("No such question was put."),
    "window_open": N_("The window to object is still open; declare after it."),
    "objected": N_(
        "This cannot be declared adopted by consensus: there are objections. Only the objector withdraws one."
    ),
    "no_quorum": N_("There is no quorum for this item: %(missing)s more members must check in."),
    "passes": N_(
        "Nothing stands against adoption. Declare it adopted, or withdraw the question with the reason."
    ),
    "last_chair": N_("The last chair cannot leave; give the chair to somebody else first."),
    # seats and links
    "seat_exists": N_("There is already a seat with this code."),
    "group_exists": N_("There is already a group with this code."),
    "regional": N_("A seat is in one regional group at most."),
    "seats_max": N_("This deliberation has as many seats as it can hold."),
    "groups_max": N_("This deliberation has as many groups as it can hold."),
    "no_seat": N_("Choose at least one seat or an office to make links for."),
    "days": N_("Choose how long the links work."),
    "links_shown": N_(
        "These links were made already and were shown once. Revoke them and make new ones if they are lost."
    ),
    # convening
    "no_text": N_("Paste the text to be deliberated, a paragraph on each line."),
    "bad_title": N_("Give the text a title, in plain characters, of at most 20,000."),
    "bad_language": N_("This is not a language tag such as en, zh or pt-BR."),
    "unknown_scenario": N_("There is no such scenario."),
    "roster_nature": N_(
        "Real States and fictional ones are kept apart: a rehearsal seats the fictional roster, and nothing else does. "
        "Choose the other roster, or seat stakeholders one by one afterwards."
    ),
    "bad_text": N_("Paragraph %(paragraph)s cannot be taken as it is written. Correct it."),
    "clause_exists": N_("Two paragraphs have the same name. Give each its own number."),
    "clauses_max": N_("This text has more paragraphs than one deliberation can hold."),
    "quorum": N_("This quorum can never be reached. Choose a smaller one."),
    "question_window": N_(
        "Members need more time to object when the question is put; only a rehearsal may be quicker."
    ),
    "already_convened": N_("This deliberation was already convened."),
    # the platform
    "clauses": N_("This form is damaged. Load the page again."),
    "command_id": N_("This form is damaged. Load the page again."),
    "unknown_command": N_("This form is damaged. Load the page again."),
    "unknown_field": N_("This form is damaged. Load the page again."),
    "invalid": N_("Something that was sent cannot be read. Load the page again."),
    "fault": N_("Something went wrong here; send it again in a moment."),
    "command_reused": N_("This was already sent with another content. Load the page again."),
    "overloaded": N_("The platform is overloaded or closing; send this again in a moment."),
    "busy": N_("Others keep writing to this deliberation; send this again."),
    "not_recorded": N_(
        "Nothing of this was recorded. Send it again in a moment; if it happens again, tell the secretary."
    ),
    "unavailable": N_("This takes longer than it should; send it again to learn its outcome."),
    "behind": N_("This server has not caught up yet. Try again in a moment."),
    "too_fast": N_("That was too much at once. Wait a moment and send it again; nothing was recorded."),
}

FAULTS: Final = {
    400: N_("The request cannot be read. Go back, load the page again and try once more."),
    403: N_("You may not see this page. Open the link that you were given for it."),
    404: N_("There is no such page. Check the address, or begin at the list of deliberations."),
    405: N_("This address does not take that kind of request."),
    413: N_("That is more than the platform takes at once. Shorten it, or send it in parts."),
    429: N_("That was too much at once. Wait a moment and try again."),
    500: N_(
        "Something broke on our side; nothing was changed. Try again, and tell the secretary if it happens again."
    ),
    503: N_("The platform is starting or closing. Try again in a moment."),
}


def refusal(error: DeliberateError) -> str:
    """Return what a refusal says to the reader of the page."""
    msgid = REFUSALS.get(error.code)
    locale = flask_babel.get_locale()
    if msgid is None or locale is None or locale.language == "en":
        return error.message
    said = str(flask_babel.gettext(msgid))
    try:
        return error.message if said == msgid else said % error.detail if "%(" in said else said
    except KeyError:
        return error.message


def http_error(status: int) -> str:
    """Return what an HTTP error without a refusal of ours says to the reader."""
    return str(flask_babel.gettext(FAULTS.get(status, FAULTS[500 if status >= 500 else 400])))


__all__ = ["http_error", "refusal"]
