{#- Schemas are called what the project calls them: without dbt's prefix, since one build file holds one build. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
