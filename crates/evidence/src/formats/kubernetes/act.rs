//! What a request asked for, in the audit bundle's vocabulary.

use super::text;
use crate::event::{Events, Field};
use crate::json::Value;

/// The parts of an event that say what was asked for. Absent ones are empty.
pub(super) struct Act<'v> {
    verb: &'v str,
    uri: &'v str,
    /// `objectRef.resource`: `pods`, `secrets` …
    pub(super) resource: &'v str,
    subresource: &'v str,
    /// The namespace, where the object has one.
    pub(super) namespace: Option<&'v str>,
    /// The object's name. Of one that was just made with a generated name, that of the response.
    pub(super) name: Option<&'v str>,
}

impl<'v> Act<'v> {
    pub(super) fn of(root: &'v Value<'_>) -> Act<'v> {
        let of = |path: &[&str]| text(root, path);
        Act {
            verb: of(&["verb"]).unwrap_or_default(),
            uri: of(&["requestURI"]).unwrap_or_default(),
            resource: of(&["objectRef", "resource"]).unwrap_or_default(),
            subresource: of(&["objectRef", "subresource"]).unwrap_or_default(),
            namespace: of(&["objectRef", "namespace"]),
            name: of(&["objectRef", "name"])
                .or_else(|| of(&["responseObject", "metadata", "name"]))
                .or_else(|| of(&["requestObject", "metadata", "name"])),
        }
    }

    /// Whether a service account's token was asked for.
    pub(super) fn is_mint(&self) -> bool {
        (self.resource, self.subresource, self.verb) == ("serviceaccounts", "token", "create")
    }

    /// The type.
    pub(super) fn kind(&self) -> &'static str {
        let reads = matches!(self.verb, "get" | "list" | "watch");
        let creates = self.verb == "create";
        let deletes = matches!(self.verb, "delete" | "deletecollection");
        let writes = creates || deletes || matches!(self.verb, "update" | "patch");
        match (self.resource, self.subresource) {
            _ if self.is_mint() => "token.mint",
            ("", _) => "call",
            ("secrets", "") if reads => "secret.read",
            // Deleting a secret object ends no credential that was copied out of it.
            ("secrets", "") if writes => "secret.write",
            ("serviceaccounts", "") if creates => "identity.create",
            ("serviceaccounts", "") if deletes => "identity.delete",
            ("serviceaccounts", "") if writes => "identity.change",
            (
                "roles"
                | "clusterroles"
                | "rolebindings"
                | "clusterrolebindings"
                | "networkpolicies"
                | "podsecuritypolicies"
                | "validatingwebhookconfigurations"
                | "mutatingwebhookconfigurations"
                | "validatingadmissionpolicies"
                | "validatingadmissionpolicybindings",
                "",
            ) if writes => "policy.change",
            (
                "subjectaccessreviews" | "localsubjectaccessreviews" | "selfsubjectaccessreviews",
                "",
            ) if creates => "policy.decide",
            ("auditsinks", "") if deletes => "logging.stop",
            ("auditsinks", "") if creates => "logging.start",
            ("tokenreviews" | "selfsubjectreviews" | "selfsubjectrulesreviews", "") => "call",
            (_, "exec" | "attach") => "tool.invoke",
            (_, "portforward" | "proxy" | "token") => "call",
            _ if reads => "data.access",
            _ if writes => "resource.change",
            _ => "call",
        }
    }

    /// The tool, where a command was run in a container.
    pub(super) fn tool(&self) -> Option<&'v str> {
        matches!(self.subresource, "exec" | "attach").then_some(self.subresource)
    }

    /// `create serviceaccounts/token`; without a resource the path: `get /healthz`.
    pub(super) fn native(&self, events: &mut Events) {
        let path = self.uri.split('?').next().unwrap_or_default();
        let space = if self.verb.is_empty() { "" } else { " " };
        let parts = match (self.resource, self.subresource) {
            ("", _) if path.is_empty() => [self.verb, "", "", "", ""],
            ("", _) => [self.verb, space, path, "", ""],
            (resource, "") => [self.verb, space, resource, "", ""],
            (resource, subresource) => [self.verb, space, resource, "/", subresource],
        };
        events.set_parts(Field::NativeType, &parts);
    }

    /// The canonical id of the object. One that is to be made and whose name is not known has none.
    pub(super) fn object(&self, events: &mut Events, field: Field, kind: &str) {
        let is_many = matches!(self.verb, "list" | "watch" | "deletecollection");
        let name = match self.name {
            Some(name) => name,
            None if is_many => "*",
            None => return,
        };
        let is_secret = field == Field::Secret;
        match self.namespace {
            Some(namespace) => events.set_parts(field, &["k8s:", kind, ":", namespace, "/", name]),
            None if is_secret => events.set_parts(field, &["k8s:", kind, ":*/", name]),
            None => events.set_parts(field, &["k8s:", kind, ":", name]),
        }
    }
}
