"""What time takes away, done every hour and idempotent: rules and limits are `privacy/retention.py`.

Each rule stands alone: one that fails (a locked database) leaves the others their work and is tried again next hour.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

import structlog

from storage.conversations import Conversations
from storage.errors import StorageError
from storage.redis import RedisConversations
from storage.sql.housekeeping import Housekeeping

log = structlog.get_logger()


async def housekeep(rules: Housekeeping, conversations: Conversations, today: date) -> dict[str, int]:
    """Apply every rule once; returns counts by rule, without those that failed."""
    steps: dict[str, Callable[[], Awaitable[int]]] = {
        "surveys_closed": lambda: rules.close_overdue(today),
        "strict_answers_moved": lambda: rules.move_staged(today),
        "erased_again": rules.apply_tombstones,
        "surveys_settled": lambda: rules.settle_surveys(today),
        "texts_copied": lambda: rules.copy_texts(today),
        "cases_copied": lambda: rules.copy_cases(today),
        "barriers_forgotten": lambda: rules.forget_barriers(today),
        "intakes_forgotten": lambda: rules.forget_intakes(today),
        "unmasked_forgotten": lambda: rules.forget_unmasked(today),
        "draft_files_dropped": lambda: rules.drop_draft_files(today),
        "survey_drafts_forgotten": lambda: rules.forget_survey_drafts(today),
        "keys_expired": lambda: rules.expire_keys(today),
        "case_codes_ended": lambda: rules.end_case_codes(today),
        "cases_forgotten": lambda: rules.forget_cases(today),
        "case_ties_settled": lambda: rules.settle_ties(today),
        "contacts_forgotten": lambda: rules.forget_contacts(today),
        "deliveries_forgotten": lambda: rules.forget_deliveries(today),
        "subscriptions_swept": rules.sweep_subscriptions,
        "contacts_renewed": lambda: rules.renew_contacts(today),
        "orders_forgotten": lambda: rules.forget_orders(today),
        "backups_dropped": lambda: rules.drop_backups(today),
        "orphaned_keys_dropped": lambda: rules.sweep_orphans(today),
        "tables_scattered": rules.scatter_rows,
    }
    counts: dict[str, int] = {}
    for name, step in steps.items():
        try:
            counts[name] = await step()
        except StorageError as error:
            log.warning("housekeeping_waits", rule=name, error=type(error).__name__)
        except Exception as error:  # a defect of ours, or a row of other hands: it is seen, and holds up no other rule
            log.error("housekeeping_failed", rule=name, exc_info=error)
    if isinstance(conversations, RedisConversations):
        try:
            await conversations.rewrite_log()
        except StorageError as error:
            log.warning("housekeeping_waits", rule="log_rewritten", error=type(error).__name__)
    if any(counts.values()):
        log.info("housekeeping", **{name: number for name, number in counts.items() if number})
    return counts
