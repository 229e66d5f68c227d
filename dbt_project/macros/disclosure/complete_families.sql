{#-
    One pass of secondary suppression over the parts that a whole is divided into along `dimension` (department, unit, staff_group or
    breakdown; a department is a part of the whole, a unit of its department); it reads the CTE `cells` and writes the CTEs `<to>_ranked`
    and `<to>`, with the same columns. Where the whole is shown, a single withheld part is the whole minus the others. So the next smallest
    parts are withheld too, until what is withheld together is at least two parts and at least the limit. What the parts leave of the whole
    (`rest`) is a part that nobody prints: it protects the others where it is large, and must itself be protected where it is small. Where
    the whole is withheld, one withheld part is enough if it is large: another whole withheld beside it would otherwise tell the two parts
    together, which may be a few people.
    A rest smaller than the limit does not protect: who takes the parts for the whole is wrong by so few people only.

    The same for women and men of each part, who are withheld in pairs: the pair of the next smallest parts is withheld as well.
    All in window functions: a pass that joined its input to itself would be computed twice, six passes sixty-four times.
-#}
{% macro complete_families(cells, dimension, to) -%}
{%- set others = ['department', 'unit', 'staff_group', 'breakdown'] | reject('equalto', dimension) | list -%}
{%- set beside = 'place, ' ~ others | join(', ') -%}
{%- set family = beside ~ ", case when " ~ dimension ~ " = '' then 0 else 1 end" ~ (', dimension' if dimension == 'breakdown' else '') -%}
{%- set kept = [
    'place', 'org_unit', 'department', 'unit', 'staff_group', 'breakdown', 'dimension', 'minimum', 'all_n', 'women_n', 'men_n', 'has_pair',
] -%}
{{ to }}_ranked as (
    select
        {{ cells }}.*,
        {%- for name, of in [('has_whole', '1'), ('has_whole_pair', 'has_pair'), ('is_whole_withheld', 'is_withheld'), ('is_whole_pair_withheld', 'is_pair_withheld')] %}
        case
            when {{ dimension }} = '' then 0
            else max(case when {{ dimension }} = '' then {{ of }} else 0 end) over (partition by {{ beside }})
        end as {{ name }},
        {%- endfor %}
        max(is_withheld) over (partition by {{ family }}) as has_withheld,
        max(is_pair_withheld) over (partition by {{ family }}) as has_pair_withheld,
        {%- for of in ['all', 'women', 'men'] %}
        max(case when {{ dimension }} = '' then {{ of }}_n end) over (partition by {{ beside }})
        - sum({{ of }}_n) over (partition by {{ family }}) as {{ of }}_rest,
        {%- endfor %}
        row_number() over (partition by {{ family }} order by {{ all_order() }}) as place_in_all,
        coalesce(sum(all_n) over (
            partition by {{ family }} order by {{ all_order() }} rows between unbounded preceding and 1 preceding
        ), 0) as all_before,
        row_number() over (partition by {{ family }} order by {{ pair_order() }}) as place_in_pairs,
        {%- for of in ['women', 'men'] %}
        coalesce(sum({{ of }}_n) over (
            partition by {{ family }} order by {{ pair_order() }} rows between unbounded preceding and 1 preceding
        ), 0) as {{ of }}_before{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ cells }}
),

{{ to }} as (
    select
        {{ columns_of(kept) }},
        {{ completed_all(dimension) }} as is_withheld,
        case
            when has_pair = 1 and {{ completed_all(dimension) }} = 1 then 1
            when is_pair_withheld = 1 then 1
            when has_pair = 0 or has_whole_pair = 0 or women_n + men_n = 0 then 0
            when is_whole_pair_withheld = 1 then case when has_pair_withheld = 0 and place_in_pairs = 1 then 1 else 0 end
            when has_pair_withheld = 0
                and not (women_rest > 0 and women_rest < minimum)
                and not (men_rest > 0 and men_rest < minimum) then 0
            when place_in_pairs + (case when women_rest > 0 and men_rest > 0 then 1 else 0 end) <= 2 then 1
            when women_before + {{ above_zero('women_rest') }} < minimum then 1
            when men_before + {{ above_zero('men_rest') }} < minimum then 1
            else 0
        end as is_pair_withheld
    from {{ to }}_ranked
)
{%- endmacro %}

{#- Withheld parts first, then the smallest that hold anybody: what is withheld next stands next. -#}
{% macro all_order() -%}
    is_withheld desc, case when all_n > 0 then 0 else 1 end, all_n, org_unit, staff_group, breakdown
{%- endmacro %}

{#- As `all_order`, of the pairs of women and men. -#}
{% macro pair_order() -%}
    is_pair_withheld desc, has_pair desc, case when women_n > 0 and men_n > 0 then 0 else 1 end,
            all_n, org_unit, staff_group, breakdown
{%- endmacro %}

{% macro completed_all(dimension) -%}
    case
            when is_withheld = 1 then 1
            when has_whole = 0 or all_n = 0 then 0
            when is_whole_withheld = 1 and has_withheld = 0 and place_in_all = 1 then 1
            when is_whole_withheld = 1 then case when all_before + {{ rest_of(dimension) }} < minimum then 1 else 0 end
            when has_withheld = 0 and not (all_rest > 0 and all_rest < minimum) then 0
            when place_in_all + (case when all_rest >= minimum then 1 else 0 end) <= 2 then 1
            when all_before + {{ rest_of(dimension) }} < minimum then 1
            else 0
        end
{%- endmacro %}

{#-
    What the parts leave of the whole stands with what is withheld. Departments and units have few people in common, so that where their sum
    exceeds the whole, what is withheld seems smaller by that, to within the limit; other parts overlap too much to be subtracted.
-#}
{% macro rest_of(dimension) -%}
    {%- if dimension in ['department', 'unit'] -%}
    case when all_rest > -minimum then all_rest else -minimum end
    {%- else -%}
    {{ above_zero('all_rest') }}
    {%- endif -%}
{%- endmacro %}

{% macro above_zero(number) -%}
    case when {{ number }} > 0 then {{ number }} else 0 end
{%- endmacro %}
