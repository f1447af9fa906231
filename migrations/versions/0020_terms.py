"""A yearly fee as terms: on the terms, on the lines of a shop's account and on its bills."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0020_terms"
down_revision = "0018_cursor"
branch_labels = None
depends_on = None

KINDS = ("sale", "undone", "refund", "adjustment")
FEES = ("fee", "fee_back")
ADDS_UP = "payable_minor + carried_minor = opening_minor + commission_minor"
BOOKED = "(entry_id IS NULL) = (commission_minor = 0{})"


def upgrade() -> None:
    """Let terms be a fee; a first start under way asks for its terms once more."""
    with op.batch_alter_table("merchant_terms") as batch:
        batch.add_column(_amount("yearly_fee_minor"))
        batch.create_check_constraint(op.f("ck_merchant_terms_yearly_fee"), "yearly_fee_minor >= 0")
        batch.create_check_constraint(
            op.f("ck_merchant_terms_one_way"), "commission_bp = 0 OR yearly_fee_minor = 0"
        )
    with op.batch_alter_table("settlement_lines") as batch:
        batch.add_column(_amount("fee_minor"))
        _recheck(batch, "ck_settlement_lines_line_kind", _one_of(KINDS + FEES))
        _recheck(batch, "ck_settlement_lines_booked", BOOKED.format(" AND fee_minor = 0"))
    with op.batch_alter_table("bills") as batch:
        batch.add_column(_amount("fees_minor"))
        _recheck(batch, "ck_bills_adds_up", f"{ADDS_UP} + fees_minor")
    op.execute("DELETE FROM start_drafts WHERE step = 'terms'")


def downgrade() -> None:
    """Forget fees that were agreed; refuse where one was billed, for the ledger forgets nothing."""
    billed = sa.text("SELECT count(*) FROM settlement_lines WHERE kind IN ('fee', 'fee_back')")
    if op.get_bind().scalar(billed):
        raise RuntimeError("yearly fees were billed here: this step cannot be taken back")
    with op.batch_alter_table("bills") as batch:
        _recheck(batch, "ck_bills_adds_up", ADDS_UP)
        batch.drop_column("fees_minor")
    with op.batch_alter_table("settlement_lines") as batch:
        _recheck(batch, "ck_settlement_lines_booked", BOOKED.format(""))
        _recheck(batch, "ck_settlement_lines_line_kind", _one_of(KINDS))
        batch.drop_column("fee_minor")
    with op.batch_alter_table("merchant_terms") as batch:
        batch.drop_constraint(op.f("ck_merchant_terms_one_way"), type_="check")
        batch.drop_constraint(op.f("ck_merchant_terms_yearly_fee"), type_="check")
        batch.drop_column("yearly_fee_minor")
    op.execute("DELETE FROM start_drafts WHERE step = 'terms'")


def _amount(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")


def _one_of(kinds: tuple[str, ...]) -> str:
    return "kind IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))


def _recheck(batch: BatchOperations, name: str, condition: str) -> None:
    batch.drop_constraint(op.f(name), type_="check")
    batch.create_check_constraint(op.f(name), condition)
