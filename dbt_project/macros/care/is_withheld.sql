{#- Whether the count that `small` judges is withheld: it, or one beside it in the splits that it hangs under, is of 1-4 persons. The splits
    are all by law, a law by service, a service by gender and by reason. -#}
{% macro is_withheld(small) -%}
    max(case when level = 'all' then {{ small }} else 0 end) over (partition by municipality_id, period_end) = 1
        or (
            level <> 'all'
            and max(case when level = 'law' then {{ small }} else 0 end) over (partition by municipality_id, period_end) = 1
        )
        or (
            level not in ('all', 'law')
            and max(case when level = 'service' then {{ small }} else 0 end) over (partition by municipality_id, period_end, law) = 1
        )
        or (
            level in ('gender', 'reason')
            and max({{ small }}) over (partition by municipality_id, period_end, law, service, level) = 1
        )
{%- endmacro %}
