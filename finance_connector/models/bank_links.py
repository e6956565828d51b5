"""The ids by which a stored bank entry may be linked to its batch or to its parts, as `formats.batches.links_of` finds them in a
file."""

from ..formats.batches import OWN_REFERENCES

_IS_OWN = " || ".join(f'@.key == "{name}"' for name in OWN_REFERENCES)


def links_sql(details, end_to_end_id):
    """SQL for the links (a JSON array) of an entry. ``details``, ``end_to_end_id``: SQL of what the import noted of it."""
    members = f"'$.members[*].references.keyvalue() ? ({_IS_OWN}).value'"
    return (
        f"jsonb_path_query_array(COALESCE({details}, '{{}}'::jsonb), {members}) "
        f"|| jsonb_build_array({details}->>'batch_id', {end_to_end_id})"
    )
