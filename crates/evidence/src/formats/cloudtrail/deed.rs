//! What an API call is in the audit bundle's vocabulary.

use crate::json::Value;

/// The type of a call of `name` at `service` (`sts`, `iam` …). `request` is its
/// `requestParameters`. A call that changes nothing and fits nothing else is `call`.
pub(super) fn of(service: &str, name: &str, read_only: bool, request: &Value<'_>) -> &'static str {
    let name = unversioned(name);
    let told = match service {
        "sts" => sts(name),
        "iam" => iam(name, request),
        "secretsmanager" => secrets_manager(name),
        "ssm" => ssm(name, request),
        "kms" => kms(name, request),
        "cloudtrail" => trail(name),
        "s3" => s3(name),
        "lambda" => lambda(name),
        "bedrock" | "bedrock-runtime" | "bedrock-agent-runtime" | "bedrock-agentcore" => {
            name.starts_with("Invoke").then_some("tool.invoke")
        }
        "dynamodb" => dynamodb(name),
        "sso-directory" | "identitystore" => directory(name),
        _ if name.contains("ResourcePolicy") && !read_only => Some("policy.change"),
        _ => None,
    };
    told.unwrap_or(if read_only { "call" } else { "resource.change" })
}

/// Lambda and CloudFront put an API version behind the name: `Invoke20150331v2`.
fn unversioned(name: &str) -> &str {
    let bare = name.rsplit_once('v').map_or(name, |(bare, version)| {
        let counts = !version.is_empty() && version.bytes().all(|c| c.is_ascii_digit());
        let dated = bare.bytes().last().is_some_and(|c| c.is_ascii_digit());
        if counts && dated { bare } else { name }
    });
    let digits = bare.bytes().rev().take_while(u8::is_ascii_digit).count();
    if digits == 8 {
        &bare[..bare.len() - 8]
    } else {
        name
    }
}

fn sts(name: &str) -> Option<&'static str> {
    let mints = name.starts_with("AssumeRole")
        || matches!(
            name,
            "AssumeRoot" | "GetSessionToken" | "GetFederationToken" | "GetWebIdentityToken"
        );
    mints.then_some("token.mint")
}

fn iam(name: &str, request: &Value<'_>) -> Option<&'static str> {
    Some(match name {
        "CreateAccessKey" => "token.mint",
        "DeleteAccessKey" => "token.revoke",
        "UpdateAccessKey" if request.str_at(&["status"]) == Some("Inactive") => "token.revoke",
        "CreateUser"
        | "CreateRole"
        | "CreateGroup"
        | "CreateServiceLinkedRole"
        | "CreateInstanceProfile"
        | "CreateSAMLProvider"
        | "CreateOpenIDConnectProvider" => "identity.create",
        "DeleteUser"
        | "DeleteRole"
        | "DeleteGroup"
        | "DeleteServiceLinkedRole"
        | "DeleteInstanceProfile"
        | "DeleteSAMLProvider"
        | "DeleteOpenIDConnectProvider" => "identity.delete",
        "DeleteLoginProfile" | "DeactivateMFADevice" => "identity.disable",
        "UpdateAssumeRolePolicy" | "SetDefaultPolicyVersion" => "policy.change",
        _ if changes_policy(name) => "policy.change",
        _ if starts_with_any(name, &["Get", "List", "Simulate", "Generate"]) => return None,
        _ if starts_with_any(
            name,
            &[
                "Create", "Update", "Delete", "Add", "Remove", "Change", "Enable", "Upload",
            ],
        ) =>
        {
            "identity.change"
        }
        _ => return None,
    })
}

/// `AttachRolePolicy`, `PutUserPolicy`, `CreatePolicyVersion`, `DeleteUserPermissionsBoundary` …
fn changes_policy(name: &str) -> bool {
    starts_with_any(name, &["Attach", "Detach", "Put", "Create", "Delete"])
        && (name.contains("Policy") || name.contains("PermissionsBoundary"))
}

fn secrets_manager(name: &str) -> Option<&'static str> {
    Some(match name {
        "GetSecretValue" | "BatchGetSecretValue" => "secret.read",
        "CreateSecret" | "PutSecretValue" | "UpdateSecret" | "RestoreSecret" => "secret.write",
        "RotateSecret" | "RotationStarted" | "RotationSucceeded" | "RotationFailed" => {
            "secret.rotate"
        }
        "DeleteSecret" | "StartSecretVersionDelete" | "EndSecretVersionDelete" => "secret.revoke",
        "PutResourcePolicy" | "DeleteResourcePolicy" => "policy.change",
        _ => return None,
    })
}

fn ssm(name: &str, request: &Value<'_>) -> Option<&'static str> {
    let decrypts = request.get("withDecryption").and_then(Value::as_bool) == Some(true);
    Some(match name {
        "GetParameter" | "GetParameters" | "GetParametersByPath" | "GetParameterHistory" => {
            if decrypts {
                "secret.read"
            } else {
                "data.access"
            }
        }
        "PutParameter" if request.str_at(&["type"]) == Some("SecureString") => "secret.write",
        "SendCommand" | "StartSession" | "StartAutomationExecution" => "tool.invoke",
        _ => return None,
    })
}

fn kms(name: &str, request: &Value<'_>) -> Option<&'static str> {
    Some(match name {
        "Decrypt"
            if request
                .str_at(&["encryptionContext", "SecretARN"])
                .is_some() =>
        {
            "secret.read"
        }
        "PutKeyPolicy" | "CreateGrant" | "RevokeGrant" | "RetireGrant" => "policy.change",
        _ => return None,
    })
}

fn trail(name: &str) -> Option<&'static str> {
    Some(match name {
        "StopLogging"
        | "DeleteTrail"
        | "UpdateTrail"
        | "PutEventSelectors"
        | "StopEventDataStoreIngestion"
        | "DeleteEventDataStore" => "logging.stop",
        "StartLogging"
        | "CreateTrail"
        | "StartEventDataStoreIngestion"
        | "CreateEventDataStore" => "logging.start",
        _ => return None,
    })
}

fn s3(name: &str) -> Option<&'static str> {
    let on_objects = name.contains("Object") && !name.contains("ObjectLock");
    let on_upload = name.contains("MultipartUpload") || name.starts_with("UploadPart");
    match name {
        "PutBucketPolicy" | "DeleteBucketPolicy" | "PutBucketAcl" | "PutObjectAcl" => {
            Some("policy.change")
        }
        _ if name.contains("PublicAccessBlock") && !name.starts_with("Get") => {
            Some("policy.change")
        }
        _ => (on_objects || on_upload).then_some("data.access"),
    }
}

fn lambda(name: &str) -> Option<&'static str> {
    match name {
        "Invoke"
        | "InvokeAsync"
        | "InvokeFunction"
        | "InvokeWithResponseStream"
        | "InvokeFunctionUrl" => Some("tool.invoke"),
        "AddPermission" | "RemovePermission" => Some("policy.change"),
        _ => None,
    }
}

fn dynamodb(name: &str) -> Option<&'static str> {
    let on_data = name.ends_with("Item")
        || name.ends_with("Items")
        || matches!(name, "Query" | "Scan" | "GetRecords")
        || name.contains("Statement");
    on_data.then_some("data.access")
}

fn directory(name: &str) -> Option<&'static str> {
    Some(match name {
        "CreateUser" | "CreateGroup" => "identity.create",
        "DeleteUser" | "DeleteGroup" => "identity.delete",
        "DisableUser" => "identity.disable",
        "UpdateUser" | "UpdateGroup" | "EnableUser" => "identity.change",
        _ => return None,
    })
}

fn starts_with_any(name: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn calls_have_the_bundles_type() {
        for (service, name, request, expected) in [
            ("sts", "AssumeRoleWithWebIdentity", "{}", "token.mint"),
            ("sts", "GetCallerIdentity", "{}", "call"),
            ("iam", "CreateAccessKey", "{}", "token.mint"),
            (
                "iam",
                "UpdateAccessKey",
                r#"{"status":"Inactive"}"#,
                "token.revoke",
            ),
            (
                "iam",
                "UpdateAccessKey",
                r#"{"status":"Active"}"#,
                "identity.change",
            ),
            ("iam", "CreatePolicyVersion", "{}", "policy.change"),
            ("iam", "AttachRolePolicy", "{}", "policy.change"),
            ("iam", "GetRolePolicy", "{}", "call"),
            ("iam", "CreateRole", "{}", "identity.create"),
            ("iam", "DeleteUser", "{}", "identity.delete"),
            ("secretsmanager", "BatchGetSecretValue", "{}", "secret.read"),
            ("secretsmanager", "RotateSecret", "{}", "secret.rotate"),
            (
                "ssm",
                "GetParameter",
                r#"{"withDecryption":true}"#,
                "secret.read",
            ),
            (
                "ssm",
                "GetParameter",
                r#"{"withDecryption":false}"#,
                "data.access",
            ),
            ("ssm", "SendCommand", "{}", "tool.invoke"),
            (
                "kms",
                "Decrypt",
                r#"{"encryptionContext":{"SecretARN":"a"}}"#,
                "secret.read",
            ),
            (
                "kms",
                "Decrypt",
                r#"{"encryptionContext":{"x":"a"}}"#,
                "call",
            ),
            ("cloudtrail", "StopLogging", "{}", "logging.stop"),
            ("cloudtrail", "StartLogging", "{}", "logging.start"),
            ("cloudtrail", "DescribeTrails", "{}", "call"),
            ("s3", "GetObject", "{}", "data.access"),
            ("s3", "GetBucketObjectLockConfiguration", "{}", "call"),
            ("lambda", "Invoke", "{}", "tool.invoke"),
            ("lambda", "AddPermission20150331v2", "{}", "policy.change"),
            ("lambda", "CreateFunction20150331", "{}", "resource.change"),
            ("bedrock", "InvokeModel", "{}", "tool.invoke"),
            ("ec2", "RunInstances", "{}", "resource.change"),
            ("ec2", "DescribeInstances", "{}", "call"),
        ] {
            let read_only = starts_with_any(name, &["Get", "Describe", "Decrypt"]);
            let request = json::read(request.as_bytes(), 8).unwrap().root;
            assert_eq!(
                of(service, name, read_only, &request),
                expected,
                "{service} {name}"
            );
        }
    }

    #[test]
    fn a_version_behind_a_name_is_no_part_of_it() {
        for (name, bare) in [
            ("Invoke20150331v2", "Invoke"),
            ("CreateFunction20150331", "CreateFunction"),
            ("Invoke", "Invoke"),
            ("Solve", "Solve"),
            ("v2", "v2"),
            ("20150331", ""),
            ("", ""),
        ] {
            assert_eq!(unversioned(name), bare);
        }
    }
}
