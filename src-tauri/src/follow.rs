//! The commands of reconstruction: who acted, what came from what, what could be touched.

use crate::commands::{Answer, Held, apart};
use workbench::api::{
    AdequacyView, FindingsRequest, FindingsView, GraphView, IdentityView, LineageTree,
    ProvenanceView, ReachView, RecordId, ThingsView,
};
use workbench::{GraphQuestion, ReachQuestion};

#[tauri::command]
pub async fn identities(shell: Held<'_>, query: String) -> Answer<Vec<IdentityView>> {
    apart(&shell, move |shell| shell.session()?.identities(&query)).await
}

#[tauri::command]
pub async fn things(shell: Held<'_>, kind: String, query: String) -> Answer<ThingsView> {
    apart(&shell, move |shell| shell.session()?.things(&kind, &query)).await
}

#[tauri::command]
pub async fn lineage(shell: Held<'_>, id: String) -> Answer<LineageTree> {
    apart(&shell, move |shell| shell.session()?.lineage(&id)).await
}

#[tauri::command]
pub async fn reach(
    shell: Held<'_>,
    from: String,
    after: Option<String>,
    origin: bool,
) -> Answer<ReachView> {
    let question = ReachQuestion {
        from,
        after,
        origin,
        ..ReachQuestion::default()
    };
    apart(&shell, move |shell| shell.session()?.reach(&question)).await
}

#[tauri::command]
pub async fn graph(
    shell: Held<'_>,
    query: String,
    near: Option<(String, usize)>,
    most: usize,
    open: Vec<String>,
) -> Answer<GraphView> {
    let question = GraphQuestion {
        query,
        near,
        most,
        open,
    };
    apart(&shell, move |shell| shell.session()?.graph(&question)).await
}

#[tauri::command]
pub async fn findings(shell: Held<'_>, query: String) -> Answer<FindingsView> {
    let request = FindingsRequest {
        query,
        ..FindingsRequest::default()
    };
    apart(&shell, move |shell| {
        shell.session()?.findings(&request, None)
    })
    .await
}

#[tauri::command]
pub async fn provenance(shell: Held<'_>, id: RecordId) -> Answer<ProvenanceView> {
    apart(&shell, move |shell| shell.session()?.provenance(id)).await
}

#[tauri::command]
pub async fn adequacy(shell: Held<'_>) -> Answer<AdequacyView> {
    apart(&shell, |shell| shell.session()?.adequacy()).await
}
