{#-
    Tables and views of DuckDB in one statement and one transaction. dbt's own way makes a table under another name, moves the old one aside,
    renames, asks for the columns and drops: eight statements and as many looks into the catalogue per model, for a file that nobody
    else reads and that a build of everything begins without. Contracts are enforced as by dbt (create_table_as); comments go in one
    statement. Other engines keep their own materializations.
-#}
{% materialization table, adapter='duckdb' %}
    {{ return(made_at_once('table')) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(made_at_once('view')) }}
{% endmaterialization %}

{% macro made_at_once(kind) -%}
    {%- set old = load_cached_relation(this) -%}
    {%- set relation = this.incorporate(type=kind) -%}
    {%- if old is not none -%}
        {%- do adapter.drop_relation(old) -%}
    {%- endif -%}
    {%- call statement('main') -%}
        {%- if kind == 'table' -%}
            {{ create_table_as(False, relation, sql) }}
        {%- else -%}
            {{ create_view_as(relation, sql) }}
        {%- endif -%}
        {%- if config.persist_relation_docs() %}
            comment on {{ kind }} {{ relation }} is {{ duckdb_escape_comment(model.description) }};
        {%- endif -%}
        {%- if config.persist_column_docs() -%}
            {%- for name, column in model.columns.items() %}
                comment on column {{ relation }}.{{ name }} is {{ duckdb_escape_comment(column.description) }};
            {%- endfor -%}
        {%- endif -%}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [relation]}) }}
{%- endmacro %}
