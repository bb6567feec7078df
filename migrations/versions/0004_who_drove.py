"""Who drove in an episode: policies, people, takeovers."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("episodes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("policies", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("interventions", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("person_s", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("policy_s", sa.Double(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("episodes", schema=None) as batch_op:
        batch_op.drop_column("policy_s")
        batch_op.drop_column("person_s")
        batch_op.drop_column("interventions")
        batch_op.drop_column("policies")
