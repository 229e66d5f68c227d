{#- Dates that engines write differently, one macro per concern. Everything else uses dbt's own cross-database macros. -#}

{#- The day `month_day` ('-01-01') of the year in the integer expression `year`. -#}
{% macro day_of_year(year, month_day) -%}
    cast(cast({{ year }} as {{ dbt.type_string() }}) || '{{ month_day }}' as date)
{%- endmacro %}

{#- The first day of a month written '2024-03'. -#}
{% macro first_of_month(month) -%}
    cast({{ month }} || '-01' as date)
{%- endmacro %}

{#- `date` moved by `months` (an integer expression, negative for earlier); the last valid day where the month is shorter. -#}
{% macro add_months(date, months) -%}
    {{ return(adapter.dispatch('add_months')(date, months)) }}
{%- endmacro %}

{% macro default__add_months(date, months) -%}
    cast({{ date }} + ({{ months }}) * interval '1 month' as date)
{%- endmacro %}

{% macro spark__add_months(date, months) -%}
    add_months({{ date }}, {{ months }})
{%- endmacro %}

{#- The last day of the month that `date` is in. -#}
{% macro last_of_month(date) -%}
    {{ return(adapter.dispatch('last_of_month')(date)) }}
{%- endmacro %}

{% macro default__last_of_month(date) -%}
    cast(date_trunc('month', {{ date }}) + interval '1 month' - interval '1 day' as date)
{%- endmacro %}

{% macro spark__last_of_month(date) -%}
    last_day({{ date }})
{%- endmacro %}

{#- Whole days from `earlier` to `later`. -#}
{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    ({{ later }} - {{ earlier }})
{%- endmacro %}

{% macro duckdb__days_between(earlier, later) -%}
    date_diff('day', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro spark__days_between(earlier, later) -%}
    datediff({{ later }}, {{ earlier }})
{%- endmacro %}
