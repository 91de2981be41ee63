"""the first tables

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deliberations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("nature", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("head", sa.Integer(), nullable=False),
        sa.Column("head_digest", sa.String(), nullable=False),
        sa.Column("next_deadline", sa.String(), nullable=True),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliberations"),
    )
    op.create_table(
        "events",
        sa.Column("deliberation", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("command", sa.String(), nullable=True),
        sa.Column("command_digest", sa.String(), nullable=True),
        sa.Column("command_events", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["deliberation"], ["deliberations.id"], name="fk_events_deliberation_deliberations"
        ),
        sa.PrimaryKeyConstraint("deliberation", "version", name="pk_events"),
        sa.UniqueConstraint("deliberation", "command", name="uq_events_deliberation_command"),
    )
    op.create_table(
        "texts",
        sa.Column("deliberation", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("lang", sa.String(), nullable=True),
        sa.Column("redacted_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["deliberation"], ["deliberations.id"], name="fk_texts_deliberation_deliberations"
        ),
        sa.PrimaryKeyConstraint("deliberation", "digest", name="pk_texts"),
    )
    op.create_table(
        "accounts",
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("deliberation", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("actor", name="pk_accounts"),
    )
    op.create_table(
        "invitations",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("deliberation", sa.String(), nullable=True),
        sa.Column("invitation", sa.String(), nullable=False),
        sa.Column("expires_at", sa.String(), nullable=False),
        sa.Column("used_at", sa.String(), nullable=True),
        sa.Column("used_by", sa.String(), nullable=True),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_invitations"),
        sa.UniqueConstraint("deliberation", "invitation", name="uq_invitations_deliberation_invitation"),
    )
    op.create_index("ix_invitations_used_by", "invitations", ["used_by"])
    op.create_table(
        "reports",
        sa.Column("deliberation", sa.String(), nullable=False),
        sa.Column("layer", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliberation"], ["deliberations.id"], name="fk_reports_deliberation_deliberations"
        ),
        sa.PrimaryKeyConstraint("deliberation", "layer", "kind", name="pk_reports"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("deliberation", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliberation"], ["deliberations.id"], name="fk_jobs_deliberation_deliberations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_table(
        "keys",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_keys"),
    )


def downgrade() -> None:
    for name in ("keys", "jobs", "reports", "invitations", "accounts", "texts", "events", "deliberations"):
        op.drop_table(name)
