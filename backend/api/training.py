"""/api/training: what the policies of LeRobot can be configured with."""

from typing import Any

from fastapi import APIRouter

from backend.api.dependencies import AppParts
from backend.api.job_schemas import PolicyType
from backend.services import training as service

router = APIRouter(prefix="/api/training", tags=["jobs"])


@router.get("/policy-types", operation_id="listPolicyTypes")
async def list_policy_types(parts: AppParts) -> list[PolicyType]:
    """Return every policy type that LeRobot knows. The first call takes some seconds."""
    schemas = await service.policy_schemas(parts.settings.cache_dir)
    return [
        PolicyType(name=name, title=schema["title"], fields=len(schema["properties"]))
        for name, schema in sorted(schemas.items())
    ]


@router.get("/policy-types/{policy_type}/schema", operation_id="getPolicySchema")
async def get_policy_schema(parts: AppParts, policy_type: str) -> dict[str, Any]:
    """Return the JSON schema of a policy's own config class, with docs and defaults."""
    return await service.policy_schema(parts.settings.cache_dir, policy_type)
