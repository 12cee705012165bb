//! The operations as the OpenAPI document tells them: who may, with which path, query and body. The tests
//! that walk over all of them know nothing else, so a new operation is walked over too.

use axum::http::Method;
use kernel::RejectKind;
use party::OperatorRole;
use serde_json::Value;

/// Who the document lets do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody; there is nothing to sign in for.
    Public,
    /// Everybody, and whoever has this scope may see more.
    PublicOr(String),
    /// Whoever has this scope.
    Scope(String),
}

/// One operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its `operationId`.
    pub name: String,
    pub method: Method,
    /// With the names of its parameters in braces.
    pub path: String,
    pub access: Access,
    /// The names of the parameters that the document says the path has.
    pub said_parameters: Vec<String>,
    /// Names and schemas of the query parameters.
    pub query: Vec<(String, Value)>,
    /// The schema of its JSON body, with every reference resolved.
    pub body: Option<Value>,
    /// The body cannot be left out.
    pub needs_body: bool,
    /// It takes bytes instead of JSON.
    pub takes_bytes: bool,
}

impl Operation {
    pub fn writes(&self) -> bool {
        self.method != Method::GET
    }

    /// The names in the path's braces.
    pub fn parameters(&self) -> Vec<&str> {
        self.path
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next())
            .collect()
    }

    /// The path with each parameter filled in.
    pub fn path_with<'v>(&self, value: impl Fn(&str) -> &'v str) -> String {
        let filled = |path: String, name: &str| path.replace(&format!("{{{name}}}"), value(name));
        self.parameters().into_iter().fold(self.path.clone(), filled)
    }

    /// Whether it is for the platform's own people.
    pub fn is_for_operators(&self) -> bool {
        self.scope().is_some_and(|scope| scope.starts_with("operator"))
    }

    /// Whether an operator of this role has the scope. An administrator has that of every other.
    pub fn lets(&self, role: OperatorRole) -> bool {
        let scope = self.scope().unwrap_or_default();
        let is_admin = role == OperatorRole::Admin && scope.starts_with("operator");
        is_admin || scope == "operator" || scope == format!("operator:{}", role.as_str())
    }

    pub fn scope(&self) -> Option<&str> {
        match &self.access {
            Access::Public => None,
            Access::PublicOr(scope) | Access::Scope(scope) => Some(scope),
        }
    }
}

/// All operations, in the order of their paths.
pub fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(http::document()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, said) in item.as_object().unwrap() {
            found.push(operation(&document, method, path, said));
        }
    }
    assert!(found.len() > 90, "the document lost operations: {}", found.len());
    found
}

fn operation(document: &Value, method: &str, path: &str, said: &Value) -> Operation {
    let name = said["operationId"]
        .as_str()
        .unwrap_or_else(|| panic!("{method} {path} has no operationId"));
    let parameters = || said["parameters"].as_array().into_iter().flatten();
    let in_path = parameters().filter(|parameter| parameter["in"] == "path");
    let query = parameters()
        .filter(|parameter| parameter["in"] == "query")
        .map(|parameter| {
            let name = parameter["name"].as_str().unwrap().to_owned();
            (name, resolve(document, &parameter["schema"]))
        });
    let content = &said["requestBody"]["content"];
    let json = &content["application/json"]["schema"];
    Operation {
        name: name.to_owned(),
        method: method.to_uppercase().parse().unwrap(),
        path: path.to_owned(),
        access: access(name, &said["security"]),
        said_parameters: in_path
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .collect(),
        query: query.collect(),
        body: (!json.is_null()).then(|| resolve(document, json)),
        needs_body: said["requestBody"]["required"] == true,
        takes_bytes: !content["application/octet-stream"].is_null(),
    }
}

fn access(name: &str, security: &Value) -> Access {
    let all = security.as_array().map(Vec::as_slice).unwrap_or_default();
    let scope_of = |required: &Value| required["session"][0].as_str().map(str::to_owned);
    match all {
        [] => Access::Public,
        [only] => Access::Scope(scope_of(only).unwrap_or_else(|| panic!("{name} names no scope: {only}"))),
        [none, or] if none.as_object().unwrap().is_empty() => Access::PublicOr(scope_of(or).unwrap()),
        _ => panic!("{name} has a `security` that this test does not understand: {security}"),
    }
}

/// The schema with every `$ref` replaced by what it names, and "or null" by its other half.
fn resolve(document: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#'));
        return resolve(
            document,
            target.unwrap_or_else(|| panic!("{reference} leads nowhere")),
        );
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let mut real = choices.iter().filter(|choice| choice["type"] != "null");
        if let (Some(only), None) = (real.next(), real.next()) {
            return resolve(document, only);
        }
    }
    match schema {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), resolve(document, value)))
            .collect(),
        Value::Array(items) => items.iter().map(|item| resolve(document, item)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema.clone(),
    }
}

/// The tables of all reasons to refuse.
pub fn reject_tables() -> Vec<&'static [&'static RejectKind]> {
    http::problem::REJECT_TABLES.to_vec()
}
